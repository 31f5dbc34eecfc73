// A chart as PNG, drawn here from the very SVG that is offered beside it: twice its size, on white, so that it can be put into a text.
const SCALE = 2;

async function drawn(address) {
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth * SCALE;
  canvas.height = image.naturalHeight * SCALE;
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

async function save(button) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await drawn(button.dataset.picture));
  link.download = button.dataset.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

for (const button of document.querySelectorAll("button[data-picture]")) {
  button.closest("[hidden]").hidden = false;
  button.addEventListener("click", () => save(button));
}

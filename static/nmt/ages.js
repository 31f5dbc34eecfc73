// An age class says whether the person is a child: the answer follows it, and can still be changed.
const ADULT_FROM = 18;

export function answerFor(age) {
  const lowest = Number.parseInt(age, 10);
  if (Number.isNaN(lowest)) return "";
  return lowest < ADULT_FROM ? "yes" : "no";
}

document.addEventListener("change", (event) => {
  if (event.target.name !== "age_class") return;
  const answer = answerFor(event.target.value);
  const radio = answer && event.target.form.querySelector(`input[name="child"][value="${answer}"]`);
  if (radio) radio.checked = true;
});

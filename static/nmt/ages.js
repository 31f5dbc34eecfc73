// An age class says whether the person is a child: the answer follows it, and can still be changed.
const CHILD = new Set(["0-6", "7-12", "13-15", "16-17"]);
const ADULT = new Set(["18-24", "25-34", "35-49", "50+"]);

export function answerFor(age) {
  return CHILD.has(age) ? "yes" : ADULT.has(age) ? "no" : "";
}

document.addEventListener("change", (event) => {
  if (event.target.name !== "age_class") return;
  const answer = answerFor(event.target.value);
  const radio = answer && event.target.form.querySelector(`input[name="child"][value="${answer}"]`);
  if (radio) radio.checked = true;
});

// Where levels are picked by radio buttons, a digit picks the level of that number (0: none) and goes on.
document.addEventListener("keydown", (event) => {
  const input = event.target;
  if (!(input instanceof HTMLInputElement) || input.type !== "radio" || !/^[0-9]$/.test(event.key)) return;
  const row = input.closest("tr");
  const picked = row && row.querySelectorAll("input[type=radio]")[Number(event.key)];
  if (!picked) return;
  event.preventDefault();
  picked.checked = true;
  const next = row.nextElementSibling;
  const following = next && (next.querySelector("input:checked") || next.querySelector("input"));
  (following || picked).focus();
});

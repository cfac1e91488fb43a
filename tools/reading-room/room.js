// The reading room works without this script: it only unfolds all steps at once, and puts the room away.
(() => {
  const bar = document.querySelector(".room-bar");
  const [unfold, hide] = bar.querySelectorAll("button");
  const press = (button, pressed) => button.setAttribute("aria-pressed", String(pressed));
  const isPressed = (button) => button.getAttribute("aria-pressed") === "true";

  unfold.addEventListener("click", () => {
    const open = !isPressed(unfold);
    press(unfold, open);
    for (const details of document.querySelectorAll("details.room")) details.open = open;
  });
  hide.addEventListener("click", () => {
    const hidden = !isPressed(hide);
    press(hide, hidden);
    document.documentElement.classList.toggle("room-away", hidden);
    unfold.disabled = hidden;
  });
  unfold.hidden = hide.hidden = false;
})();

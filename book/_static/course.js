// What the theme and Markdown leave unsaid to a screen reader or to somebody who speaks to the computer.
document.addEventListener("DOMContentLoaded", () => {
  // A button's name has to contain the words one sees on it.
  for (const button of document.querySelectorAll("button[aria-label], a[aria-label]")) {
    const seen = button.innerText.trim();
    if (seen && !button.getAttribute("aria-label").includes(seen)) button.removeAttribute("aria-label");
  }
  // The icon of this one, which comes later, is called by the mode that is on.
  for (const button of document.querySelectorAll(".theme-switch-button")) {
    button.setAttribute("aria-label", "Color mode: Light, Dark or System Settings");
  }
  // What is wider than the screen scrolls by the keyboard too; the theme sees to code only.
  const reach = () => {
    for (const box of document.querySelectorAll(".formula, .cell_output [style*='overflow-x']")) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  };
  reach();
  window.addEventListener("resize", reach);
  // Which words are Chinese.
  for (const words of document.querySelectorAll("dl.glossary dt, .bd-article h2")) {
    if (/\p{Script=Han}/u.test(words.textContent)) words.lang = "zh";
  }
});

// Opens what a number on the drawing leads to; before the page is printed, every connection's list of promises.
"use strict";
const all = [...document.querySelectorAll("details")];
const reveal = () => {
  const found = location.hash && document.getElementById(location.hash.slice(1));
  if (found) { found.open = true; found.scrollIntoView({ block: "start" }); }
};
addEventListener("hashchange", reveal);
document.querySelectorAll(".topology a").forEach((link) => link.addEventListener("click", () => setTimeout(reveal)));
addEventListener("beforeprint", () =>
  document.querySelectorAll(".row").forEach((one) => { one.open = true; }));
const button = document.getElementById("open-all");
button.hidden = false;
button.addEventListener("click", () => {
  const open = button.textContent.startsWith("open");
  all.forEach((one) => { one.open = open; });
  button.textContent = open ? "close everything" : "open everything";
});
reveal();

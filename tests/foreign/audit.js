// Returns what is wrong with the page that is shown for who cannot see well, or has no mouse: [] when nothing is.
() => {
  const wrong = [];
  const shown = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const place = document.querySelector("dialog[open]") ?? document.body;
  const all = (what) => [...place.querySelectorAll(what)].filter(shown);
  const named = (one) =>
    one.getAttribute("aria-label") || (one.labels?.[0] ?? one).textContent.trim() ||
    document.getElementById(one.getAttribute("aria-labelledby"))?.textContent;
  const what = (one) => one.outerHTML.slice(0, 120);

  for (const one of all("input, select, textarea")) {
    if (!one.getAttribute("aria-label") && !one.labels?.[0]?.textContent.trim()) wrong.push(`no label: ${what(one)}`);
    const hint = one.getAttribute("aria-describedby");
    if (hint && !document.getElementById(hint)) wrong.push(`no such hint: ${what(one)}`);
  }
  for (const one of all("a, button, dialog, [role=img], progress, table")) {
    if (!named(one)) wrong.push(`no name: ${what(one)}`);
  }
  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  for (const id of ids.filter((id, n) => ids.indexOf(id) !== n)) wrong.push(`twice: #${id}`);
  if (document.querySelectorAll("h1").length !== 1) wrong.push("not one h1");
  if (document.querySelectorAll("main").length !== 1) wrong.push("not one main");
  if (!document.documentElement.lang) wrong.push("no language");
  if (document.documentElement.scrollWidth > innerWidth) wrong.push(`wider than the window: ${document.documentElement.scrollWidth}`);

  // Contrast by WCAG 2: 4.5, for large text 3.
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const over = (colors) => {
    canvas.fillStyle = "white";
    canvas.fillRect(0, 0, 1, 1);
    for (const color of colors) {
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
    }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (color) => {
    const [r, g, b] = color.map((part) => (part / 255 <= 0.03928 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (one) => (one ? [...behind(one.parentElement), getComputedStyle(one).backgroundColor] : []);
  const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const one = texts.currentNode.parentElement;
    if (!texts.currentNode.textContent.trim() || !shown(one) || one.closest("option, script, :disabled")) continue;
    const style = getComputedStyle(one);
    const ground = behind(one);
    const color = one.closest("svg") ? style.fill : style.color;
    const [a, b] = [light(over([...ground, color])), light(over(ground))].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < (large ? 3 : 4.5)) wrong.push(`contrast ${ratio.toFixed(2)}: ${what(one)}`);
  }
  return wrong;
}

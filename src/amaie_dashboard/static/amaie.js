// What only the browser can do: ages that tick, figures in tooltips, the theme, keys that open pages.
(() => {
  const MINUS = "\u2212", THIN = "\u202f";
  const number = (value, decimals) => {
    const text = Math.abs(value).toLocaleString("en-US", {
      minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    return (value < 0 && Number(text.replace(/,/g, "")) !== 0 ? MINUS : "") + text;
  };
  const seconds = (value, decimals) => {
    const size = Math.abs(value), sign = value < 0 ? MINUS : "";
    if (size < 1) return `${sign}${(size * 1000).toFixed(size < 0.1 ? 1 : 0)}${THIN}ms`;
    if (size < 60) return `${sign}${size.toFixed(decimals)}${THIN}s`;
    const [large, small, width, part] =
      size >= 86400 ? ["d", "h", 86400, 3600] : size >= 3600 ? ["h", "min", 3600, 60] : ["min", "s", 60, 1];
    return `${sign}${Math.floor(size / width)}${THIN}${large} ${Math.floor((size % width) / part)}${THIN}${small}`;
  };
  const bytes = (value, decimals) => {
    const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
    let unit = 0;
    while (Math.abs(value) >= 1024 && unit < units.length - 1) { value /= 1024; unit += 1; }
    return `${number(value, unit ? decimals : 0)}${THIN}${units[unit]}`;
  };
  const figure = (value, unit, decimals, words) => {
    if (value === null || value === undefined || Array.isArray(value)) return "no data";
    switch (unit) {
      case "ratio": return `${number(value * 100, decimals)}${THIN}%`;
      case "seconds": return seconds(value, decimals);
      case "bytes": return bytes(value, decimals);
      case "state": return words[value] ?? String(value);
      case "per_second": return `${number(value, decimals)}/s`;
      case "nats": return `${number(value, decimals)}${THIN}nats`;
      case "count": return number(value, Number.isInteger(value) ? 0 : decimals);
      default: return number(value, decimals);
    }
  };
  const age = (since) => {
    const size = Math.max(0, Date.now() / 1000 - since);
    if (size < 60) return `${Math.floor(size)}${THIN}s`;
    if (size < 3600) return `${Math.floor(size / 60)}${THIN}min`;
    if (size < 86400) return `${Math.floor(size / 3600)}${THIN}h ${Math.floor((size % 3600) / 60)}${THIN}min`;
    return `${Math.floor(size / 86400)}${THIN}d`;
  };
  const tick = () => {
    for (const element of document.querySelectorAll("[data-since]")) {
      const text = age(Number(element.dataset.since));
      if (element.textContent !== text) element.textContent = text;
    }
    const clock = document.querySelector("[data-clock]");
    if (clock) clock.textContent = `${new Date().toISOString().slice(11, 19)} UTC`;
  };
  const theme = () => {
    const dark = !document.body.classList.contains("body--dark");
    document.cookie = `amaie_theme=${dark ? "dark" : "light"}; path=/; max-age=31536000; samesite=strict`;
    Quasar.Dark.set(dark);
  };
  const typing = (element) => element.matches("input, select, textarea, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "/") {
      const search = document.querySelector("input[name=text]");
      if (search) { event.preventDefault(); search.focus(); }
      return;
    }
    const link = document.querySelector(`nav [data-key="${CSS.escape(event.key)}"]`);
    if (link) link.click();
  });
  globalThis.amaie = { figure, age, theme };
  setInterval(tick, 1000);
  document.addEventListener("DOMContentLoaded", () => setTimeout(tick, 50));
})();

// app.ts - the page's beginning.
import "./style.css";

const app = document.getElementById("app");
if (app !== null) app.textContent = "statslice";

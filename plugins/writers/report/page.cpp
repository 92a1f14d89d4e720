// SPDX-License-Identifier: Apache-2.0
#include "page.hpp"

#include <fmt/format.h>

#include <cmath>

namespace morgana::report {
namespace {

constexpr std::string_view kStyle = R"css(
:root{--ink:#1c2330;--soft:#5b6675;--line:#dfe3ea;--paper:#fff;--shade:#f5f7fa;--accent:#0b6bcb;--good:0,158,115;--bad:213,94,0}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ef;--soft:#9aa5b5;--line:#333b49;--paper:#171b22;--shade:#1f2530;--accent:#6cb2ff}}
*{box-sizing:border-box}body{margin:0;font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
main{max-width:1180px;margin:0 auto;padding:0 24px 80px}header{border-bottom:1px solid var(--line);margin-bottom:8px;padding:28px 0 12px}
h1{margin:0;font-size:26px}h2{margin:44px 0 8px;font-size:20px;border-bottom:1px solid var(--line);padding-bottom:4px}h3{margin:22px 0 6px;font-size:15px}
p{max-width:80ch;margin:6px 0}.soft{color:var(--soft)}nav{position:sticky;top:0;background:var(--paper);padding:8px 0;border-bottom:1px solid var(--line);z-index:2}
nav a{margin-right:16px;color:var(--accent);text-decoration:none;white-space:nowrap}a{color:var(--accent)}
.scroll{overflow-x:auto;width:max-content;max-width:calc(50vw + min(50vw,590px) - 64px)}table{border-collapse:collapse;font-variant-numeric:tabular-nums;margin:10px 0}
th,td{padding:4px 12px;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}th{font-weight:600;white-space:normal;vertical-align:bottom;cursor:pointer}
th:first-child,td:first-child{position:sticky;left:0;background:var(--paper)}th:first-child,td:first-child,td.text,th.text{text-align:left}tr.control td:first-child,tr.control td{color:var(--soft)}tr.floor td{background:var(--shade);font-weight:600}
td .range{display:block;font-size:11px;color:var(--soft);font-weight:400}td.best{font-weight:700}caption{text-align:left;color:var(--soft);padding-bottom:4px;white-space:normal;max-width:80ch}
.grid{display:flex;flex-wrap:wrap;gap:14px}.card{border:1px solid var(--line);border-radius:8px;padding:10px 12px;background:var(--paper)}
.card h3{margin:0 0 4px}.grid-of-images{display:flex;gap:6px;white-space:nowrap}img.images{image-rendering:pixelated;max-width:100%;display:block}svg{max-width:100%;height:auto}svg text{fill:var(--ink);font:11px system-ui,sans-serif}
svg .axis{stroke:var(--soft);stroke-width:1}svg .rule{stroke:var(--line);stroke-width:1}svg .soft{fill:var(--soft)}
details{margin:10px 0}summary{cursor:pointer;color:var(--accent)}pre{background:var(--shade);padding:12px;overflow:auto;font-size:12px;border-radius:6px}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;margin:6px 0;font-size:13px}.legend i{display:inline-block;width:14px;height:3px;margin-right:6px;vertical-align:middle}
.files{font-size:12px;color:var(--soft)}@media print{nav{display:none}}
)css";

// Sorts a table by the column whose heading is clicked.
constexpr std::string_view kScript = R"js(
document.querySelectorAll("table.sortable th").forEach(function(head){head.addEventListener("click",function(){
var body=head.closest("table").tBodies[0],column=head.cellIndex,up=head.dataset.up!=="1";head.dataset.up=up?"1":"0";
var key=function(row){var cell=row.cells[column],v=cell.dataset.v;return v===undefined?cell.textContent:parseFloat(v)};
Array.from(body.rows).sort(function(a,b){var x=key(a),y=key(b),d=typeof x==="number"&&typeof y==="number"?(isNaN(x)?1:isNaN(y)?-1:x-y):String(x).localeCompare(String(y));return up?d:-d}).forEach(function(row){body.appendChild(row)})})});
)js";

}  // namespace

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string shown(double value) {
  if (!std::isfinite(value)) return "–";
  if (value == 0) return "0";
  const double size = std::abs(value);
  if (size < 1e-4 || size >= 1e7) return fmt::format("{:.3g}", value);
  if (size >= 1000) return fmt::format("{:.0f}", value);
  return fmt::format("{:.4g}", value);
}

std::string shown_seconds(double seconds) {
  if (seconds < 10) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<long>(std::lround(seconds));
  if (whole < 120) return fmt::format("{} s", whole);
  if (whole < 7200) return fmt::format("{} min {} s", whole / 60, whole % 60);
  return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

std::string shown_bytes(double bytes) {
  constexpr const char* kUnits[]{"B", "KiB", "MiB", "GiB", "TiB"};
  int unit = 0;
  for (; bytes >= 1024 && unit < 4; ++unit) bytes /= 1024;
  return unit == 0 ? fmt::format("{:.0f} B", bytes) : fmt::format("{:.1f} {}", bytes, kUnits[unit]);
}

std::string page(const std::string& title, const std::string& lead, const std::vector<Section>& sections) {
  std::string html = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width,initial-scale=1\">"
      "<title>{}</title><style>{}</style></head><body><main><header><h1>{}</h1>{}</header><nav>",
      escaped(title), kStyle, escaped(title), lead);
  for (const auto& section : sections)
    html += fmt::format("<a href=\"#{}\">{}</a>", section.id, escaped(section.title));
  html += "</nav>\n";
  for (const auto& section : sections)
    html +=
        fmt::format("<section id=\"{}\"><h2>{}</h2>\n{}</section>\n", section.id, escaped(section.title), section.body);
  html += fmt::format("</main><script>{}</script></body></html>\n", kScript);
  return html;
}

}  // namespace morgana::report

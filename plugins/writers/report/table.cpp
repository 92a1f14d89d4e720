// SPDX-License-Identifier: Apache-2.0
#include "table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>

#include "morgana/error.hpp"
#include "page.hpp"

namespace morgana::report {
namespace {

std::string arrow(Better better) { return better == Better::kHigher ? " ↑" : better == Better::kLower ? " ↓" : ""; }

bool has_interval(const Table& table, std::size_t column) {
  return std::any_of(table.rows.begin(), table.rows.end(),
                     [&](const Row& row) { return row.cells[column].low.has_value(); });
}

std::string csv_text(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string csv_number(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? fmt::format("{}", *value) : "";
}

std::string latex_text(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (std::string_view("&%$#_{}").find(c) != std::string_view::npos) result += '\\';
    if (c == '\\') result += "\\textbackslash{}";
    else if (c == '^') result += "\\textasciicircum{}";
    else if (c == '~') result += "\\textasciitilde{}";
    else result += c;
  }
  return result;
}

std::string html_cell(const Cell& cell, const Column& column) {
  std::string attributes = cell.best ? " class=\"best\"" : column.is_text ? " class=\"text\"" : "";
  if (cell.value) attributes += fmt::format(" data-v=\"{}\"", *cell.value);
  if (!cell.note.empty()) attributes += fmt::format(" title=\"{}\"", escaped(cell.note));
  if (cell.shade >= 0)
    attributes += fmt::format(" style=\"background:rgba(var(--{}),{:.2f})\"", cell.shade >= 0.5 ? "good" : "bad",
                              std::abs(cell.shade - 0.5) * 0.5);
  std::string body = cell.value ? shown(*cell.value) : escaped(cell.text);
  if (cell.low && cell.high)
    body += fmt::format("<span class=\"range\">{} – {}</span>", shown(*cell.low), shown(*cell.high));
  return fmt::format("<td{}>{}</td>", attributes, body);
}

void write_text(const std::filesystem::path& file, const std::string& text) {
  std::ofstream stream(file, std::ios::binary);
  stream << text;
  stream.close();
  if (!stream) throw Error("cannot write {}", file.string());
}

}  // namespace

std::string to_html(const Table& table) {
  std::string html = fmt::format("<div class=\"scroll\"><table class=\"sortable\"><caption>{}</caption><thead><tr>",
                                 escaped(table.caption));
  for (const auto& column : table.columns) {
    html +=
        fmt::format("<th{}>{}{}", column.is_text ? " class=\"text\"" : "", escaped(column.name), arrow(column.better));
    if (!column.unit.empty()) html += fmt::format("<br><span class=\"soft\">{}</span>", escaped(column.unit));
    html += "</th>";
  }
  html += "</tr></thead><tbody>";
  for (const auto& row : table.rows) {
    html += row.kind == RowKind::kControl ? "<tr class=\"control\">"
            : row.kind == RowKind::kFloor ? "<tr class=\"floor\">"
                                          : "<tr>";
    for (std::size_t i = 0; i < row.cells.size(); ++i) html += html_cell(row.cells[i], table.columns[i]);
    html += "</tr>";
  }
  return html + "</tbody></table></div>" + links_to(table, "this table");
}

std::string links_to(const Table& table, const std::string& called) {
  return fmt::format(
      "<p class=\"files\">{1}: <a href=\"tables/{0}.csv\">CSV</a>, <a href=\"tables/{0}.tex\">LaTeX</a></p>\n",
      table.id, escaped(called));
}

std::string to_csv(const Table& table) {
  std::string csv;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const auto& column = table.columns[i];
    const std::string name = column.unit.empty() ? column.name : fmt::format("{} [{}]", column.name, column.unit);
    csv += (i ? "," : "") + csv_text(name);
    if (has_interval(table, i)) csv += "," + csv_text(name + " low") + "," + csv_text(name + " high");
  }
  csv += "\r\n";
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const auto& cell = row.cells[i];
      csv += (i ? "," : "") + (cell.value ? csv_number(cell.value) : csv_text(cell.text));
      if (has_interval(table, i)) csv += "," + csv_number(cell.low) + "," + csv_number(cell.high);
    }
    csv += "\r\n";
  }
  return csv;
}

std::string to_latex(const Table& table) {
  std::string tex = "\\begin{tabular}{";
  for (const auto& column : table.columns) tex += column.is_text ? 'l' : 'r';
  tex += "}\n\\toprule\n";
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const auto& column = table.columns[i];
    tex += (i ? " & " : "") + latex_text(column.name);
    if (column.better != Better::kNeither) tex += column.better == Better::kHigher ? " $\\uparrow$" : " $\\downarrow$";
    if (!column.unit.empty()) tex += fmt::format(" [{}]", latex_text(column.unit));
  }
  tex += " \\\\\n\\midrule\n";
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const auto& cell = row.cells[i];
      std::string body = !cell.value ? latex_text(cell.text) : std::isfinite(*cell.value) ? shown(*cell.value) : "--";
      if (cell.value && cell.low && cell.high)
        body += fmt::format(" \\scriptsize[{}, {}]", shown(*cell.low), shown(*cell.high));
      tex += (i ? " & " : "") + (cell.best ? "\\textbf{" + body + "}" : body);
    }
    tex += row.kind == RowKind::kFloor ? " \\\\\n\\midrule\n" : " \\\\\n";
  }
  return tex + "\\bottomrule\n\\end{tabular}\n";
}

void write_files(const Table& table, const std::filesystem::path& folder) {
  write_text(folder / (table.id + ".csv"), to_csv(table));
  write_text(folder / (table.id + ".tex"), to_latex(table));
}

}  // namespace morgana::report

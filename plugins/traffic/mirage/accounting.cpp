// SPDX-License-Identifier: Apache-2.0
#include "accounting.hpp"

#include <algorithm>
#include <iterator>

#include "mirage/json_text.hpp"

namespace morgana::mirage_format {
namespace {

void append_member(std::string& out, std::string_view name, std::string_view text) {
  out += out.back() == '{' ? "" : ", ";
  append_string(out, name);
  out += ": ";
  append_string(out, text);
}

void append_count(std::string& out, std::string_view name, std::int64_t count) {
  out += ", ";
  append_string(out, name);
  out += ": " + std::to_string(count) + "}\n";
}

}  // namespace

std::size_t Accounting::line(std::string field, Source source, std::string how) {
  lines_.push_back({std::move(field), source, std::move(how)});
  return lines_.size() - 1;
}

std::vector<Accounting::Line> Accounting::lines() const {
  std::vector<Line> shown;
  std::copy_if(lines_.begin(), lines_.end(), std::back_inserter(shown),
               [](const Line& line) { return line.values > 0; });
  return shown;
}

Metrics Accounting::metrics(std::string_view stage) const {
  auto metrics = accounting::field_metrics(std::string(stage));
  for (const auto& line : lines())
    accounting::add_values(metrics, line.field, line.source, static_cast<std::uint64_t>(line.values), line.how);
  for (const auto& [what, count] : changed_) accounting::add_changed(metrics, what, static_cast<std::uint64_t>(count));
  return metrics;
}

std::string Accounting::json_lines() const {
  std::string text;
  for (const auto& line : lines()) {
    text += '{';
    append_member(text, "field", line.field);
    append_member(text, "source", accounting::name_of(line.source));
    append_member(text, "how", line.how);
    append_count(text, "values", line.values);
  }
  for (const auto& [what, count] : changed_) {
    text += '{';
    append_member(text, "changed", what);
    append_count(text, "values", count);
  }
  return text;
}

}  // namespace morgana::mirage_format

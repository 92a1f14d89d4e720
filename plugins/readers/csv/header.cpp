// SPDX-License-Identifier: Apache-2.0
#include "header.hpp"

#include <algorithm>

#include "cell.hpp"
#include "morgana/error.hpp"
#include "tables/names.hpp"

namespace morgana::csv {
namespace {

struct Counted {
  std::string_view prefix;
  double number = 0;
};

/// "b12" is "b" and 12; nothing for a name without a number at its end.
std::optional<Counted> counted(std::string_view name) {
  const auto last = name.find_last_not_of("0123456789.");
  auto begin = last == std::string_view::npos ? 0 : last + 1;
  while (begin < name.size() && name[begin] == '.') ++begin;
  const auto number = number_of(name.substr(begin));
  if (number.kind != CellKind::kNumber) return std::nullopt;
  return Counted{name.substr(0, begin), number.value};
}

}  // namespace

Header::Header(std::string file, const std::vector<std::string_view>& cells, bool named) : file_(std::move(file)) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (named && !is_utf8(cells[i]))
      throw Error("{}: the name {} of column {} is not UTF-8", file_, shown(cells[i]), i + 1)
          .hint("save the file as UTF-8");
    names_.push_back(named ? std::string(cells[i]) : fmt::format("{}", i + 1));
  }
}

std::size_t Header::find(const std::string& name, const std::string& remedy) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found == names_.end())
    throw Error("{} has no column \"{}\"; it has {}", file_, name, tables::listed_by_nearness(name, summary()))
        .hint(remedy);
  if (std::count(names_.begin(), names_.end(), name) > 1) throw Error("{} has several columns \"{}\"", file_, name);
  return static_cast<std::size_t>(found - names_.begin());
}

/// Behind the last of the free columns from `first` on whose names count up.
std::size_t Header::end_of_run(std::size_t first, const std::vector<bool>& taken) const {
  auto before = taken[first] ? std::nullopt : counted(names_[first]);
  if (!before) return first;
  for (auto end = first + 1;; ++end) {
    if (end == names_.size() || taken[end]) return end;
    const auto next = counted(names_[end]);
    if (!next || next->prefix != before->prefix || next->number <= before->number) return end;
    before = next;
  }
}

/// The names, long runs as "b0..b239", for a message.
std::vector<std::string> Header::summary() const {
  constexpr std::size_t kLongRun = 4;
  std::vector<std::string> names;
  const std::vector<bool> taken(names_.size());
  for (std::size_t first = 0; first < names_.size();) {
    const auto end = std::max(end_of_run(first, taken), first + 1);
    if (end - first >= kLongRun) names.push_back(names_[first] + ".." + names_[end - 1]);
    else
      names.insert(names.end(), names_.begin() + static_cast<std::ptrdiff_t>(first),
                   names_.begin() + static_cast<std::ptrdiff_t>(end));
    first = end;
  }
  return names;
}

std::pair<std::size_t, std::size_t> Header::find_series(const std::string& named,
                                                        const std::vector<bool>& taken) const {
  if (!named.empty()) {
    const auto dots = named.find("..");
    if (dots == std::string::npos)
      throw Error("series \"{}\" is not understood", named).hint("name the first and the last column: \"b0..b239\"");
    const auto first = find(named.substr(0, dots)), last = find(named.substr(dots + 2));
    if (first > last) throw Error("{}: column \"{}\" comes after \"{}\"", file_, names_[first], names_[last]);
    return {first, last};
  }
  std::size_t best = 0, best_length = 0;
  for (std::size_t first = 0; first < names_.size();) {
    const auto end = end_of_run(first, taken);
    if (end - first > best_length) best = first, best_length = end - first;
    first = std::max(end, first + 1);
  }
  if (best_length < 2)
    throw Error("{} has no columns whose names count up, such as b0, b1, b2", file_)
        .hint("name the first and the last column of the series: \"series\": \"first..last\"");
  return {best, best + best_length - 1};
}

NameCells::NameCells(std::vector<std::string> columns, const std::filesystem::path& path, const Header& header,
                     const std::string& remedy)
    : file_(header.file()) {
  std::erase(columns, "");
  for (const auto& column : columns) {
    if (auto name = tables::name_from_path(column, path)) {
      if (!is_utf8(*name)) throw Error("{}: its path is not UTF-8, so it gives no names", file_);
      parts_.push_back({std::move(*name), std::nullopt});
    } else {
      parts_.push_back({"", header.find(column, remedy)});
    }
  }
}

void NameCells::mark(std::vector<bool>& taken) const {
  for (const auto& part : parts_)
    if (part.column) taken[*part.column] = true;
}

bool NameCells::within(const std::vector<std::string_view>& cells) const {
  return std::all_of(parts_.begin(), parts_.end(),
                     [&](const auto& part) { return !part.column || *part.column < cells.size(); });
}

const std::string& NameCells::of(const std::vector<std::string_view>& cells) {
  joined_.clear();
  for (const auto& part : parts_) {
    const auto text = part.column ? cells[*part.column] : std::string_view(part.fixed);
    if (text.empty()) return joined_ = "";
    if (!joined_.empty()) joined_ += '/';
    joined_ += text;
  }
  if (!is_utf8(joined_))
    throw Error("{}: the name {} is not UTF-8", file_, shown(joined_)).hint("save the file as UTF-8");
  return joined_;
}

}  // namespace morgana::csv

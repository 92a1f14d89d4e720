// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <morgana/random.hpp>
#include <morgana/traces.hpp>
#include <numeric>

#include "filters.hpp"

namespace morgana::filters {
namespace {

/// Keeps some classes, by name or by size, and at most so many traces of each.
class Classes final : public Stage {
  In<Traces> traces{*this, "traces", "Traces to filter."};
  Param<std::vector<std::string>> keep{
      *this, "keep", {.value = std::vector<std::string>{}, .doc = "Classes kept; none named: all."}};
  Param<int> at_least{
      *this, "at_least", {.value = 1, .unit = "traces", .min = 1, .doc = "Smaller classes are left out."}};
  Param<int> most_frequent{
      *this, "most_frequent", {.value = 0, .min = 0, .doc = "Keep only so many classes, the largest; 0: all."}};
  Param<int> at_most{
      *this,
      "at_most",
      {.value = 0, .unit = "traces", .min = 0, .doc = "Traces kept of each class, drawn at random; 0: all."}};
  Seed seed{*this};
  Out<Traces> kept{*this, "kept", "Traces of the classes kept, in their order; other class names are gone."};

  void run(Context& context) override {
    auto rows_of = traces->rows_by_class();
    const auto classes = chosen(rows_of);
    if (classes.empty())
      throw Error("no class is left of {} with {} traces", traces->class_names().size(), traces->size());
    std::vector<std::size_t> rows;
    std::vector<std::int32_t> place(rows_of.size(), -1);
    std::vector<std::string> names;
    for (const auto label : classes) {
      auto& of_class = rows_of[label];
      if (*at_most > 0 && of_class.size() > static_cast<std::size_t>(*at_most)) {
        Random(*seed, label).shuffle(of_class);
        of_class.resize(static_cast<std::size_t>(*at_most));
      }
      rows.insert(rows.end(), of_class.begin(), of_class.end());
      place[label] = static_cast<std::int32_t>(names.size());
      names.push_back(traces->class_names()[label]);
    }
    std::sort(rows.begin(), rows.end());
    auto table = traces->select(rows).table();
    for (auto& id : table.label.id) id = place[static_cast<std::size_t>(id)];
    table.label.names = std::move(names);
    kept = Traces(std::move(table));
    context.log().info("kept {} of {} traces, {} of {} classes", kept->size(), traces->size(), classes.size(),
                       rows_of.size());
  }

  /// Classes kept, in the order of their names in the set.
  std::vector<std::size_t> chosen(const std::vector<std::vector<std::size_t>>& rows_of) const {
    const auto& names = traces->class_names();
    std::vector<std::size_t> classes;
    for (const auto& name : *keep)
      if (std::find(names.begin(), names.end(), name) == names.end())
        throw Error("the traces have no class \"{}\"; they have {}", name, fmt::join(names, ", "));
    for (std::size_t label = 0; label < names.size(); ++label)
      if ((keep->empty() || std::find(keep->begin(), keep->end(), names[label]) != keep->end()) &&
          rows_of[label].size() >= static_cast<std::size_t>(*at_least))
        classes.push_back(label);
    if (*most_frequent > 0 && classes.size() > static_cast<std::size_t>(*most_frequent)) {
      std::stable_sort(classes.begin(), classes.end(),
                       [&](auto a, auto b) { return rows_of[a].size() > rows_of[b].size(); });
      classes.resize(static_cast<std::size_t>(*most_frequent));
      std::sort(classes.begin(), classes.end());
    }
    return classes;
  }
};

}  // namespace

Stage* make_classes() { return new Classes; }

}  // namespace morgana::filters

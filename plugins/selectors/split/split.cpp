// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstring>
#include <map>
#include <morgana/stage.hpp>
#include <morgana/traces.hpp>
#include <string>
#include <string_view>
#include <unordered_map>

#include "assignment.hpp"

namespace morgana::split {
namespace {

/// Splits by class. Whatever is fitted later sees `train` only, so `by` decides what test data may share with it.
class Split final : public Stage {
  In<Traces> traces{*this, "traces", "Traces to split."};
  Param<double> test{
      *this, "test", {.value = 0.2, .min = 0, .max = 0.9, .doc = "Share of each class that goes to `test`."}};
  Param<double> validation{
      *this,
      "validation",
      {.value = 0.0, .min = 0, .max = 0.9, .doc = "Share of each class that goes to `validation`."}};
  Param<Choice> by{*this,
                   "by",
                   {.value = Choice{"trace"},
                    .choices = {"trace", "capture", "device", "duplicates"},
                    .doc = "What is never divided between parts: one trace; the traces of one capture or of one "
                           "device; those with identical packets."}};
  Param<std::vector<std::string>> alike_in{
      *this,
      "alike_in",
      {.value = std::vector<std::string>{"PL", "DIR"},
       .doc = "By duplicates: the channels in which they are alike. With times, which hardly ever repeat, few traces "
              "would be duplicates and most of their sizes would still stand in both parts.",
       .origin = "measured on MIRAGE-VIDEO: 10,222 of 25,583 traces are distinct in PL and DIR, 25,021 with IAT"}};
  Param<int> alike_packets{
      *this,
      "alike_packets",
      {.value = 0, .unit = "packets", .min = 0, .doc = "By duplicates: how many packets they are alike in; 0: all."}};
  Check leaves_a_rest{*this, [this] {
                        if (*test + *validation >= 1)
                          throw Error("test {} and validation {} leave nothing to train on", *test, *validation);
                      }};
  Seed seed{*this};
  Out<Traces> train{*this, "train", "What is neither test nor validation."};
  Out<Traces> test_traces{*this, "test", "Test traces."};
  Out<Traces> validation_traces{*this, "validation", "Validation traces; none unless `validation` asks for them."};

  /// The group of each row, numbered from 0 in the order met.
  std::vector<std::size_t> group_of_rows() const {
    std::vector<std::size_t> group(traces->size());
    if (*by == "capture") return numbered(traces->table().capture.id);
    if (*by == "device") return numbered(traces->table().device.id);
    std::unordered_map<std::string, std::size_t> seen;
    for (std::size_t row = 0; row < group.size(); ++row)
      group[row] = *by == "trace" ? row : seen.try_emplace(content(row), seen.size()).first->second;
    return group;
  }

  std::vector<std::size_t> numbered(const std::vector<std::int32_t>& ids) const {
    if (ids.empty() || std::find(ids.begin(), ids.end(), -1) != ids.end())
      throw Error("{} of {} traces have no {}",
                  ids.empty() ? traces->size() : static_cast<std::size_t>(std::count(ids.begin(), ids.end(), -1)),
                  traces->size(), by->text)
          .hint("split by \"trace\" or by \"duplicates\", or read files that name it");
    std::map<std::int32_t, std::size_t> seen;
    std::vector<std::size_t> group;
    for (const auto id : ids) group.push_back(seen.try_emplace(id, seen.size()).first->second);
    return group;
  }

  /// What duplicates have in common, as bytes.
  std::string content(std::size_t row) const {
    std::string bytes;
    for (const auto& name : *alike_in) {
      auto values = traces->channel(traces->channel_index(name), row);
      if (*alike_packets > 0) values = values.first(std::min(values.size(), static_cast<std::size_t>(*alike_packets)));
      bytes.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
    }
    return bytes;
  }

  void run(Context& context) override {
    if (traces->empty()) throw Error("there are no traces to split");
    const auto group_of_row = group_of_rows();
    const auto group_count = 1 + *std::max_element(group_of_row.begin(), group_of_row.end());
    const std::array<double, kParts> fractions{1 - *test - *validation, *test, *validation};
    const auto parts_wanted = static_cast<std::size_t>(
        std::count_if(fractions.begin(), fractions.end(), [](double share) { return share > 0; }));
    if (group_count < parts_wanted)
      throw Error("{} traces make {} group{} by {}, too few for {} parts", traces->size(), group_count,
                  group_count == 1 ? "" : "s", by->text, parts_wanted)
          .hint("split by \"trace\", or read more captures");

    const auto groups = groups_of(group_of_row, group_count);
    const auto part_of_group = assign(groups, classes(), fractions, *seed);
    std::array<std::vector<std::size_t>, kParts> rows;
    for (std::size_t row = 0; row < group_of_row.size(); ++row) rows[part_of_group[group_of_row[row]]].push_back(row);
    for (const Part part : {kTrain, kTest, kValidation})
      if (fractions[part] > 0 && rows[part].empty())
        throw Error("no group is left for {}: {} groups by {} cannot be divided so", kNames[part], group_count,
                    by->text)
            .hint("split by \"trace\", or ask for a larger share");
    train = traces->select(rows[kTrain]);
    test_traces = traces->select(rows[kTest]);
    validation_traces = traces->select(rows[kValidation]);
    context.log().info("{} train, {} test, {} validation of {} traces in {} groups by {}", rows[kTrain].size(),
                       rows[kTest].size(), rows[kValidation].size(), traces->size(), group_count, by->text);
    warn_of_missing_classes(context, rows, fractions);
  }

  /// Unlabelled traces are spread like one more class.
  std::size_t classes() const { return traces->class_names().size() + 1; }
  std::size_t class_of(std::size_t row) const {
    return traces->label(row) < 0 ? classes() - 1 : static_cast<std::size_t>(traces->label(row));
  }

  std::vector<Group> groups_of(const std::vector<std::size_t>& group_of_row, std::size_t count) const {
    std::vector<std::map<std::size_t, double>> shares(count);
    for (std::size_t row = 0; row < group_of_row.size(); ++row) ++shares[group_of_row[row]][class_of(row)];
    std::vector<Group> groups(count);
    for (std::size_t group = 0; group < count; ++group)
      for (const auto& [label, traces_of_label] : shares[group]) {
        groups[group].shares.push_back({label, traces_of_label});
        groups[group].traces += traces_of_label;
      }
    return groups;
  }

  void warn_of_missing_classes(Context& context, const std::array<std::vector<std::size_t>, kParts>& rows,
                               const std::array<double, kParts>& fractions) const {
    std::vector<bool> present(classes());
    for (std::size_t row = 0; row < traces->size(); ++row) present[class_of(row)] = true;
    for (const Part part : {kTrain, kTest, kValidation}) {
      if (fractions[part] <= 0) continue;
      std::vector<bool> here(classes());
      for (const auto row : rows[part]) here[class_of(row)] = true;
      std::vector<std::string_view> missing;
      for (std::size_t label = 0; label < traces->class_names().size(); ++label)
        if (present[label] && !here[label]) missing.push_back(traces->class_names()[label]);
      if (!missing.empty())
        context.log().warning("{} has no trace of {}: too few groups by {}", kNames[part], fmt::join(missing, ", "),
                              by->text);
    }
  }

  static constexpr std::array<const char*, kParts> kNames{"train", "test", "validation"};
};

}  // namespace
}  // namespace morgana::split

MORGANA_PLUGIN("split", "1.0.0", "Splits traces into training, test and validation parts.",
               morgana::stage<morgana::split::Split>("select.split"));

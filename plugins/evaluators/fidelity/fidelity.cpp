// SPDX-License-Identifier: Apache-2.0
// evaluate.fidelity: how far the distributions of synthetic traces are from real ones.
#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <optional>
#include <set>

#include "channel.hpp"
#include "comparison.hpp"
#include "memorisation.hpp"
#include "morgana/error.hpp"
#include "morgana/random.hpp"
#include "morgana/stage.hpp"
#include "statistics/distance.hpp"
#include "statistics/sequence.hpp"
#include "statistics/trace_set.hpp"

namespace morgana::fidelity {
namespace {

using Rows = std::vector<std::size_t>;

/// A set of traces with its rows of each class and the values that are compared.
struct Side {
  Side(const Traces& traces, statistics::RowsByClass by_class, const std::vector<Channel>& channels)
      : traces(traces), rows(std::move(by_class)) {
    for (const auto& channel : channels) values.emplace_back(traces, channel);
    if (const auto index = traces.find_channel("DIR")) direction = static_cast<int>(*index);
  }
  std::vector<std::span<const float>> directions(const Rows& of) const {
    std::vector<std::span<const float>> result;
    for (const auto row : of) result.push_back(traces.channel(static_cast<std::size_t>(direction), row));
    return result;
  }
  std::vector<double> lengths(const Rows& of) const {
    std::vector<double> result;
    for (const auto row : of) result.push_back(static_cast<double>(traces.packets(row)));
    std::sort(result.begin(), result.end());
    return result;
  }

  const Traces& traces;
  statistics::RowsByClass rows;
  std::vector<ChannelValues> values;
  int direction = -1;
};

/// Counts of each whole length.
std::vector<double> length_counts(const std::vector<double>& lengths, std::size_t longest) {
  std::vector<double> counts(longest + 1);
  for (const double length : lengths) counts[static_cast<std::size_t>(length)] += 1;
  return counts;
}

class Fidelity final : public Stage {
  In<Traces> real{*this, "real", "Real traces held out from training."};
  In<Traces> synthetic{*this, "synthetic", "Generated traces."};
  In<Traces> train{*this, "train",
                   "The training part: gives the bins, the real-against-real floor and what is memorised.",
                   Need::kOptional};
  Out<Metrics> metrics{*this, "metrics", "Distances of each class and channel, their means, CDFs and transitions."};
  Param<std::vector<std::string>> channels{
      *this,
      "channels",
      {.value = std::vector<std::string>{"PL*DIR", "IAT"}, .doc = "Channels, or products of two, that are compared."}};
  Check channels_are_named{*this, [this] {
                             if (channels->empty())
                               throw Error("parameter \"channels\" is empty; name at least one channel");
                           }};
  Param<int> packets{
      *this,
      "packets",
      {.value = 0,
       .unit = "packets",
       .min = 0,
       .doc = "Packets of a trace that are compared, 0: all. Set it to the encoder's `packets`, or whole "
              "real traces are compared with synthetic ones of that length."}};
  Param<int> bins{*this,
                  "bins",
                  {.value = 60,
                   .min = 1,
                   .doc = "Inner bins of jensen_shannon and hellinger; two outer ones hold what lies beyond."}};
  Param<double> largest_payload{*this,
                                "largest_payload",
                                {.value = 1460,
                                 .unit = "bytes",
                                 .min = 1,
                                 .doc = "Range of the bins of payload lengths, to both sides where signed.",
                                 .origin = "largest TCP segment on Ethernet"}};
  Param<int> lags{*this,
                  "lags",
                  {.value = 9,
                   .unit = "packets",
                   .min = 1,
                   .doc = "Largest lag of the autocorrelation; at most the longest training trace less one."}};
  Param<int> repeats{*this, "repeats", {.value = 5, .min = 1, .doc = "Draws from the training part for the floor."}};
  Param<int> curve_points{*this, "curve_points", {.value = 200, .min = 2, .doc = "Steps of each CDF."}};
  Param<int> evaluation_seed{
      *this, "evaluation_seed", {.value = 1, .min = 0, .doc = "Seed of the draws, the same for everything compared."}};

  void run(Context& context) override;
  void choose_classes(Metrics& result);
  std::vector<Measured> compare_class(const Side& first, const Rows& first_rows, const Side& second,
                                      const Rows& second_rows) const;
  void draw_curves(const Side& side, const char* source, Metrics& result) const;
  statistics::RowsByClass rows_of(const Traces& traces) const {
    return by_class_ ? list_.rows(traces.class_names(), traces.table().label.id)
                     : statistics::RowsByClass{all_rows(traces)};
  }
  static Rows all_rows(const Traces& traces) {
    Rows rows(traces.size());
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = i;
    return rows;
  }

  std::shared_ptr<const Traces> real_, synthetic_, train_;  ///< cut to `packets`; the last may be null
  statistics::ClassList list_;
  bool by_class_ = true;
  std::vector<Channel> described_;
  std::size_t used_lags_ = 0, longest_ = 0;
  bool directed_ = false;
  Classes classes_;
};

bool labelled(const Traces& traces) {
  const auto& labels = traces.table().label.id;
  return std::any_of(labels.begin(), labels.end(), [](std::int32_t label) { return label >= 0; });
}

/// The metrics that what was measured of a class will be. The verdict table takes the divergence of the first channel
/// and the distance of the first channel of times.
std::vector<Distance> forms(const std::vector<Measured>& measured) {
  std::vector<Distance> distances;
  std::set<std::string> in_table;
  for (const auto& one : measured) {
    auto& form = distances.emplace_back().form;
    form.name = one.name;
    form.unit = one.unit;
    form.better = Better::kLower;
    form.tags = {{"channel", one.channel}};
    form.headline =
        (one.name == "jensen_shannon" || one.name == "wasserstein1_log") && in_table.insert(one.name).second;
  }
  return distances;
}

/// The first packets of each trace, or `traces` themselves where none is longer.
std::shared_ptr<const Traces> cut(const std::shared_ptr<const Traces>& traces, std::size_t packets) {
  return packets == 0 || traces->longest() <= packets ? traces
                                                      : std::make_shared<const Traces>(traces->first_packets(packets));
}

/// Classes where both sides have labels; otherwise everything is one class.
void Fidelity::choose_classes(Metrics& result) {
  by_class_ = labelled(*real_) && (labelled(*synthetic_) || synthetic_->empty()) && (!train_ || labelled(*train_));
  if (!by_class_) {
    classes_.names = {"(all)"};
    result.notes["classes"] = "not every set has labels: all traces are compared as one class";
    return;
  }
  for (const auto* traces : {&*real_, &*synthetic_}) list_.add(traces->class_names(), traces->table().label.id);
  classes_.names = list_.names();
  for (const auto& [traces, name] : {std::pair{&*real_, "real"}, std::pair{&*synthetic_, "synthetic"}}) {
    const auto& labels = traces->table().label.id;
    if (const auto count = std::count(labels.begin(), labels.end(), -1); count > 0)
      result.notes[fmt::format("left out: unlabelled, {}", name)] = fmt::format("{}", count);
  }
}

void Fidelity::run(Context& context) {
  const auto length = static_cast<std::size_t>(*packets);
  real_ = cut(real.shared(), length);
  synthetic_ = cut(synthetic.shared(), length);
  if (train) train_ = cut(train.shared(), length);
  if (real_->empty()) throw Error("there are no real traces to compare with");
  if (real_->longest() > synthetic_->longest() && !synthetic_->empty())
    context.log().warning("real traces have up to {} packets, synthetic ones up to {}: see parameter \"packets\"",
                          real_->longest(), synthetic_->longest());
  Metrics result;
  result.evaluator = "evaluate.fidelity";
  choose_classes(result);
  const Traces& reference = train_ ? *train_ : *real_;
  for (const auto& expression : *channels)
    described_.push_back(describe_channel(reference, expression, *bins, *largest_payload));
  used_lags_ =
      std::min<std::size_t>(static_cast<std::size_t>(*lags), std::max<std::size_t>(reference.longest(), 2) - 1);

  const Side real_side(*real_, rows_of(*real_), described_),
      synthetic_side(*synthetic_, rows_of(*synthetic_), described_);
  std::optional<Side> train_side;
  if (train_) train_side.emplace(*train_, rows_of(*train_), described_);
  directed_ = real_side.direction >= 0 && synthetic_side.direction >= 0 && (!train_ || train_side->direction >= 0);
  longest_ = std::max({real_->longest(), synthetic_->longest(), reference.longest()});
  classes_.real = statistics::sizes(real_side.rows);
  classes_.synthetic = statistics::sizes(synthetic_side.rows);

  std::vector<Distance> distances;
  for (std::size_t index = 0; index < classes_.names.size(); ++index) {
    const auto measured = compare_class(synthetic_side, synthetic_side.rows[index], real_side, real_side.rows[index]);
    if (index == 0) distances = forms(measured);
    for (std::size_t i = 0; i < measured.size(); ++i) distances[i].values.push_back(measured[i].value);
  }
  // Where every class is drawn whole, all draws are one: a second would only feign an interval.
  bool whole = true;
  for (std::size_t i = 0; train_ && i < classes_.names.size(); ++i)
    whole &= classes_.synthetic[i] >= train_side->rows[i].size();
  const int draws = whole ? 1 : *repeats;
  for (int repeat = 0; train_ && repeat < draws; ++repeat) {
    for (auto& distance : distances) distance.floors.emplace_back();
    for (std::size_t index = 0; index < classes_.names.size(); ++index) {
      context.check_stop();
      const auto rows = statistics::draw(
          train_side->rows[index], classes_.synthetic[index],
          mix_seed(static_cast<std::uint64_t>(*evaluation_seed), static_cast<std::uint64_t>(repeat)), index);
      const auto measured = compare_class(*train_side, rows, real_side, real_side.rows[index]);
      for (std::size_t i = 0; i < measured.size(); ++i) distances[i].floors.back().push_back(measured[i].value);
    }
    context.progress({static_cast<std::uint64_t>(repeat) + 1, static_cast<std::uint64_t>(draws), "floor draws", {}});
  }

  Metric coverage;
  coverage.name = "class_coverage";
  coverage.better = Better::kHigher;
  std::size_t wanted = 0, covered = 0;
  for (std::size_t i = 0; i < classes_.names.size(); ++i)
    wanted += classes_.real[i] > 0, covered += classes_.real[i] > 0 && classes_.synthetic[i] > 0;
  coverage.value = static_cast<double>(covered) / static_cast<double>(wanted);
  coverage.floor = 1;
  coverage.note = fmt::format("{} of the {} classes of the test part have synthetic traces", covered, wanted);
  coverage.headline = covered < wanted;
  result.metrics.push_back(std::move(coverage));
  report(classes_, distances, result);
  draw_curves(real_side, "real", result);
  draw_curves(synthetic_side, "synthetic", result);
  if (train_ && !train_->empty() && !synthetic_->empty())
    report_memorisation(*train_, *real_, *synthetic_, described_, static_cast<std::uint64_t>(*evaluation_seed), result);

  result.notes["jensen_shannon, hellinger"] = fmt::format(
      "the first a divergence, base 2; of {} equal bins and two outer ones; bytes on [{}, {:g}], times on "
      "log1p(microseconds) over the range of the {} part",
      *bins, "0 or -largest_payload", *largest_payload, train_ ? "training" : "real");
  result.notes["floor"] =
      train_
          ? "real test part against as many training traces of each class as there are synthetic ones, mean over draws"
          : "none: input \"train\" is not connected";
  result.notes["autocorrelation_distance"] =
      fmt::format("Euclidean, lags 1 to {}, pairs within a trace only", used_lags_);
  if (!directed_) result.notes["direction_transitions"] = "not compared: a set has no channel DIR";
  metrics = std::move(result);
}

std::vector<Measured> Fidelity::compare_class(const Side& first, const Rows& first_rows, const Side& second,
                                              const Rows& second_rows) const {
  std::vector<Measured> measured;
  for (std::size_t i = 0; i < described_.size(); ++i) {
    auto distances = compare(described_[i], first.values[i], first_rows, second.values[i], second_rows, used_lags_);
    std::move(distances.begin(), distances.end(), std::back_inserter(measured));
  }
  const auto first_lengths = first.lengths(first_rows), second_lengths = second.lengths(second_rows);
  measured.push_back({"wasserstein1", "packets", "length", statistics::wasserstein1(first_lengths, second_lengths)});
  measured.push_back(
      {"total_variation", "", "length",
       statistics::total_variation(length_counts(first_lengths, longest_), length_counts(second_lengths, longest_))});
  if (directed_)
    measured.push_back(
        {"total_variation", "", "direction transitions",
         statistics::total_variation(statistics::direction_transitions(first.directions(first_rows)),
                                     statistics::direction_transitions(second.directions(second_rows)))});
  return measured;
}

void Fidelity::draw_curves(const Side& side, const char* source, Metrics& result) const {
  for (std::size_t index = 0; index < classes_.names.size(); ++index) {
    if (side.rows[index].empty()) continue;
    const std::map<std::string, std::string> tags{{"class", classes_.names[index]}, {"source", source}};
    const auto add_curve = [&](const std::string& channel, const std::string& unit, const std::vector<double>& values) {
      auto curve = statistics::cumulative(values, static_cast<std::size_t>(*curve_points));
      auto with = tags;
      with["channel"] = channel;
      result.curves.push_back({"cdf", std::move(with), unit, "share", std::move(curve.x), std::move(curve.share)});
    };
    for (std::size_t i = 0; i < described_.size(); ++i)
      add_curve(described_[i].expression, described_[i].unit, side.values[i].ascending(side.rows[index]));
    add_curve("length", "packets", side.lengths(side.rows[index]));
    if (!directed_) continue;
    const auto chances =
        statistics::transition_chances(statistics::direction_transitions(side.directions(side.rows[index])));
    result.matrices.push_back(
        {"direction_transitions", tags, {"up", "down"}, {"up", "down"}, {chances.begin(), chances.end()}});
  }
}

}  // namespace
}  // namespace morgana::fidelity

MORGANA_PLUGIN("fidelity", "1.0.0",
               "How far the distributions of synthetic traces are from real ones, beside real against real.",
               morgana::stage<morgana::fidelity::Fidelity>("evaluate.fidelity"));

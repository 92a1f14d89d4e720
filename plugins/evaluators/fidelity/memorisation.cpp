// SPDX-License-Identifier: Apache-2.0
#include "memorisation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "morgana/error.hpp"
#include "statistics/trace_set.hpp"

namespace morgana::fidelity {
namespace {

// What the search costs grows with the product of both; enough for a share within 0.03.
constexpr std::size_t kSearched = 2000, kSearchedAmong = 5000;
constexpr std::size_t kPackets = 10;

std::vector<std::size_t> drawn_rows(const Traces& traces, std::size_t count, std::uint64_t seed, std::uint64_t sample) {
  std::vector<std::size_t> rows(traces.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  return statistics::draw(rows, count, seed, sample);
}

/// First packets of each channel on its own scale, divided by the width of its bins' range: Gower's scaling.
std::vector<float> points(const Traces& traces, const std::vector<Channel>& channels,
                          const std::vector<std::size_t>& rows) {
  const std::size_t columns = channels.size() * kPackets;
  std::vector<float> result(rows.size() * columns, 0.0f);
  for (std::size_t channel = 0; channel < channels.size(); ++channel) {
    const auto series = ChannelValues(traces, channels[channel]).series(rows);
    const double width = channels[channel].edges.back() - channels[channel].edges.front();
    for (std::size_t i = 0; i < rows.size(); ++i)
      for (std::size_t packet = 0; packet < std::min(kPackets, series[i].size()); ++packet)
        result[i * columns + channel * kPackets + packet] = static_cast<float>(series[i][packet] / width);
  }
  return result;
}

float nearest(const float* point, const std::vector<float>& among, std::size_t columns) {
  float best = std::numeric_limits<float>::infinity();
  for (std::size_t start = 0; start < among.size(); start += columns) {
    float distance = 0;
    for (std::size_t i = 0; i < columns; ++i) distance += std::abs(point[i] - among[start + i]);
    best = std::min(best, distance);
  }
  return best;
}

Metric form(const char* name, std::string compared, std::size_t real, std::size_t synthetic) {
  Metric metric;
  metric.name = name;
  metric.tags = {{"compared", std::move(compared)}};
  metric.real_count = static_cast<std::int64_t>(real);
  metric.synthetic_count = static_cast<std::int64_t>(synthetic);
  return metric;
}

double share_repeated(const std::vector<std::string>& keys) {
  if (keys.empty()) return std::numeric_limits<double>::quiet_NaN();
  return 1 - static_cast<double>(statistics::count_keys(keys).size()) / static_cast<double>(keys.size());
}

}  // namespace

double share_nearer_to_training(const std::vector<float>& synthetic, const std::vector<float>& train,
                                const std::vector<float>& holdout, std::size_t columns) {
  if (synthetic.empty() || train.empty() || holdout.empty()) return std::numeric_limits<double>::quiet_NaN();
  double nearer = 0;
  for (std::size_t start = 0; start < synthetic.size(); start += columns) {
    const float to_train = nearest(&synthetic[start], train, columns),
                to_holdout = nearest(&synthetic[start], holdout, columns);
    nearer += to_train < to_holdout ? 1 : to_train == to_holdout ? 0.5 : 0;
  }
  return nearer * static_cast<double>(columns) / static_cast<double>(synthetic.size());
}

void report_memorisation(const Traces& train, const Traces& real, const Traces& synthetic,
                         const std::vector<Channel>& channels, std::uint64_t seed, Metrics& metrics) {
  std::vector<std::string> all;
  for (const auto& channel : channels) all.push_back(channel.expression);
  std::vector<std::vector<std::string>> selections{{all.front()}};
  if (all.size() > 1) selections.push_back(all);
  for (const auto& selection : selections) {
    const statistics::TraceKeys keys(selection, 0);
    const auto known = statistics::count_keys(keys.of(train));
    const auto synthetic_keys = keys.of(synthetic), real_keys = keys.of(real);
    const auto compared = fmt::format("{}", fmt::join(selection, ", "));

    auto matches = form("training_matches", compared, real.size(), synthetic.size());
    matches.value = statistics::share_known(synthetic_keys, known);
    matches.floor = statistics::share_known(real_keys, known);
    matches.note =
        "share that equals a training trace packet for packet; the floor is that of held-out real traces, to be near, "
        "not below";
    metrics.metrics.push_back(std::move(matches));

    // The share of repeats grows with the size of the set, so both are taken at one size.
    const auto size = std::min(synthetic.size(), train.size());
    const auto repeats_of = [&](const Traces& traces, std::uint64_t sample) {
      return share_repeated(keys.of(traces.select(drawn_rows(traces, size, seed, sample))));
    };
    auto repeats = form("repeated_traces", compared, size, size);
    repeats.value = repeats_of(synthetic, 1);
    repeats.floor = repeats_of(train, 2);
    repeats.note = "share of a set that equals another trace of it; the floor is that of training traces, as many";
    metrics.metrics.push_back(std::move(repeats));
  }

  const auto among = std::min({kSearchedAmong, train.size(), real.size()});
  const auto rows = drawn_rows(synthetic, kSearched, seed, 3);
  auto nearer = form("nearer_to_training", fmt::format("{}", fmt::join(all, ", ")), among, rows.size());
  const auto known = points(train, channels, drawn_rows(train, among, seed, 4)),
             held_out = points(real, channels, drawn_rows(real, among, seed, 5));
  const auto share_of = [&](const Traces& traces, const std::vector<std::size_t>& asked) {
    return share_nearer_to_training(points(traces, channels, asked), known, held_out, channels.size() * kPackets);
  };
  nearer.value = share_of(synthetic, rows);
  nearer.floor = 0.5;
  nearer.note = fmt::format(
      "share of {} synthetic traces nearer to {} training traces than to as many held-out ones, ties half; fresh real "
      "traces have 0.5, the training traces themselves {:.3f}",
      rows.size(), among, share_of(train, drawn_rows(train, kSearched, seed, 3)));
  metrics.metrics.push_back(std::move(nearer));
}

}  // namespace morgana::fidelity

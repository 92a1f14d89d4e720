// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "morgana/value.hpp"

namespace morgana {

enum class Better { kHigher, kLower, kNeither };

/// One named number with everything needed to read it.
struct Metric {
  std::string name;  ///< "wasserstein1"
  double value = 0;  ///< may be NaN: not defined here, and `note` says why
  std::string unit;  ///< "bytes", "bits", "" for a pure number
  Better better = Better::kNeither;
  /// What it is of: {"class": "org.example", "channel": "PL", "classifier": "forest", "protocol": "TSTR"}.
  std::map<std::string, std::string> tags;
  std::optional<double> floor;      ///< the same number, real against real, at these sample sizes
  std::optional<double> low, high;  ///< 95 % interval over the repeats
  std::int64_t repeats = 1;
  std::int64_t real_count = 0, synthetic_count = 0;
  bool headline = false;  ///< belongs in the verdict table
  std::string note;
};

/// A curve to draw: a CDF, an autocorrelation, accuracy over a ratio.
struct MetricCurve {
  std::string name;
  std::map<std::string, std::string> tags;  ///< {"class": ..., "channel": "PL", "source": "real" or "synthetic"}
  std::string x_unit, y_unit;
  std::vector<double> x, y;
};

/// A matrix to draw: a confusion matrix (rows true, columns predicted), a transition matrix.
struct MetricMatrix {
  std::string name;
  std::map<std::string, std::string> tags;
  std::vector<std::string> rows, columns;
  std::vector<double> values;  ///< row-major
};

/// What an evaluator found. Saved as JSON; numbers keep all their digits, NaN is null.
class MORGANA_API Metrics final : public Value {
 public:
  std::string evaluator;  ///< "evaluate.fidelity"
  std::vector<Metric> metrics;
  std::vector<MetricCurve> curves;
  std::vector<MetricMatrix> matrices;
  std::map<std::string, std::string> notes;  ///< definitions, extractor hash, what was left out

  static const ValueType& type();
  const ValueType& value_type() const override { return type(); }
  void save(const std::filesystem::path& file) const override;
  static std::shared_ptr<const Metrics> load(const std::filesystem::path& file);
  std::size_t bytes() const override;

  /// The first metric of that name whose tags include `tags`; null where there is none.
  const Metric* find(const std::string& name, const std::map<std::string, std::string>& tags = {}) const;
};

}  // namespace morgana

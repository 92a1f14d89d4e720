// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "features.hpp"
#include "morgana/context.hpp"
#include "morgana/metrics.hpp"
#include "statistics/trace_set.hpp"

/// Trains classifiers on real and synthetic traces in turn and asks how well they know the other kind.
namespace morgana::downstream {

/// Labelled rows of one kind; `labels` index the study's classes, every row has one.
struct LabelledSet {
  Features features;
  std::vector<std::int32_t> labels;
  statistics::RowsByClass rows;
  std::size_t unlabelled = 0;  ///< rows left out
};

/// The three sets that are compared, over one list of classes.
struct Study {
  statistics::ClassList classes;
  LabelledSet train, test, synthetic;
  std::vector<bool> seen;  ///< of each test row: it stands, packet for packet, in the training part
  std::string seen_by;     ///< the channel that `seen` compares
};

/// Throws `Error` where a set has no labelled trace, or the synthetic ones have no class of the training part.
Study make_study(const Traces& train, const Traces& test, const Traces& synthetic, const FeatureRecipe& recipe);

/// Trains a fresh classifier on some rows and labels and returns its answers to each of some other tables.
using TrainAndPredict = std::function<std::vector<std::vector<std::int32_t>>(
    const Features& features, const std::vector<std::int32_t>& labels, std::size_t classes,
    const std::vector<const Features*>& questions, std::uint64_t seed)>;

struct ProtocolOptions {
  std::string classifier;              ///< its name in the tags: "forest"
  std::vector<std::string> protocols;  ///< of kProtocols; TRTR is always run
  int repeats = 5;
  std::uint64_t seed = 1;
  std::vector<double> ratios;  ///< of synthetic to real traces, for augmentation
  std::vector<double> few;     ///< fractions of the real training part
};

inline const std::vector<std::string> kProtocols{"TSTR", "TRTS", "augmentation", "few-real"};

/// Accuracy, macro-F1, F1 of each class and confusion of every protocol, each with its interval over the repeats.
Metrics run_protocols(const Study& study, const ProtocolOptions& options, const TrainAndPredict& classifier,
                      Context& context);

}  // namespace morgana::downstream

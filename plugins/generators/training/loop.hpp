// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/core/Tensor.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "morgana/context.hpp"
#include "morgana/model.hpp"
#include "training/flat_parameters.hpp"

namespace morgana::training {

/// When a training ends and how often it is saved.
struct LoopSettings {
  std::int64_t steps = 1000;
  double minutes = 0;              ///< ends sooner after this much time; 0: never, and then time changes no result
  double checkpoint_seconds = 60;  ///< between checkpoints
};

/// Runs training steps with progress, stop requests, checkpoints and loss curves.
///
/// A training that was stopped or killed goes on from its last checkpoint to the same bytes, provided a step is a
/// function of its number and of the networks' parameters.
class Loop {
 public:
  /// One step: number from 0, fraction of the training that is done in [0, 1). Returns the losses, one a curve, as
  /// detached scalars on any device; they are read every few steps only.
  using Step = std::function<std::vector<at::Tensor>(std::int64_t step, double fraction)>;

  /// `networks`: all that a step changes, by a name for the checkpoint.
  Loop(Context& context, LoopSettings settings, std::map<std::string, FlatParameters*> networks,
       std::vector<std::string> curve_names);

  void run(const Step& step);

  std::int64_t steps_done() const noexcept { return done_; }
  /// Means over equal numbers of steps, at most 1000 points a curve.
  std::vector<TrainingCurve> curves() const;

 private:
  void read_losses();
  void add_loss(const std::vector<double>& losses);
  void save();
  void resume();
  double elapsed_seconds() const;

  Context& context_;
  LoopSettings settings_;
  std::map<std::string, FlatParameters*> networks_;
  std::vector<std::string> curve_names_;
  std::int64_t done_ = 0;
  double seconds_before_ = 0;  ///< spent before this process
  std::chrono::steady_clock::time_point start_;
  std::vector<std::vector<at::Tensor>> unread_;
  std::vector<double> latest_;               ///< losses read last
  std::vector<std::vector<double>> points_;  ///< [curve][point], sums over `window_` steps
  std::int64_t window_ = 1, in_window_ = 0;  ///< steps a point; of the last one
};

}  // namespace morgana::training

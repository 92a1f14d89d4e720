// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "morgana/context.hpp"
#include "morgana/parameter.hpp"
#include "morgana/plugin.hpp"
#include "morgana/port.hpp"
#include "morgana/version.hpp"

namespace morgana {

class Check;
class Seed;

/// One step of a pipeline: its members are its ports and parameters, `run` is its work.
///
/// A constructor declares and does nothing else. Inputs are constant, outputs are assigned once, `run` is called
/// once, by one thread. A fault that the user can mend is thrown as `Error`.
class MORGANA_API Stage {
 public:
  Stage();
  virtual ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  virtual void run(Context& context) = 0;

  /// Makes every declared `Check`, in their order; throws what the first failing one does.
  void check() const;

  /// What the members declared, in their order.
  const std::vector<InputBase*>& inputs() const noexcept { return inputs_; }
  const std::vector<OutputBase*>& outputs() const noexcept { return outputs_; }
  const std::vector<ParameterBase*>& parameters() const noexcept { return parameters_; }
  const std::vector<const Check*>& checks() const noexcept { return checks_; }
  Seed* seed() const noexcept { return seed_; }               ///< null: the stage is not random
  bool accelerated() const noexcept { return accelerated_; }  ///< may run on a GPU
  bool reports_run() const noexcept { return reports_run_; }  ///< writes times and costs
  bool parallel() const noexcept { return parallel_; }        ///< uses `Context::threads`

 private:
  friend class Check;
  friend class InputBase;
  friend class OutputBase;
  friend class ParameterBase;
  friend class Seed;
  friend class Accelerated;
  friend class Parallel;
  friend class ReportsRun;
  void declare_name(const std::string& kind, const std::string& name);

  std::vector<InputBase*> inputs_;
  std::vector<OutputBase*> outputs_;
  std::vector<ParameterBase*> parameters_;
  std::vector<const Check*> checks_;
  std::vector<std::string> names_;
  Seed* seed_ = nullptr;
  bool accelerated_ = false, reports_run_ = false, parallel_ = false;
};

/// Declares what the stage's parameters must be together, which no single one's range or choices can say.
///
/// It looks at parameters and at nothing else: it is called when all of them are set, before anything of the pipeline
/// runs and before `morgana validate` finds nothing wrong; of a plugin that links LibTorch, right before `run`. It
/// throws `Error`.
///
///     Check parts_leave_a_rest{*this, [this] {
///       if (*test + *validation >= 1)
///         throw Error("test {} and validation {} leave nothing to train on", *test, *validation);
///     }};
class MORGANA_API Check {
 public:
  Check(Stage& stage, std::function<void()> condition);
  void operator()() const { condition_(); }

 private:
  std::function<void()> condition_;
};

/// Declares that the stage draws random numbers; its value is the run's seed mixed with the node's name.
class MORGANA_API Seed {
 public:
  explicit Seed(Stage& stage);
  std::uint64_t operator*() const noexcept { return value_; }
  void set(std::uint64_t value) noexcept { value_ = value; }

 private:
  std::uint64_t value_ = 0;
};

/// Declares that the stage honours `Context::device`.
class MORGANA_API Accelerated {
 public:
  explicit Accelerated(Stage& stage) { stage.accelerated_ = true; }
};

/// Declares that the stage keeps `Context::threads` threads busy; others are given one.
class MORGANA_API Parallel {
 public:
  explicit Parallel(Stage& stage) { stage.parallel_ = true; }
};

/// Declares that the stage calls `Context::run_facts`, so what it writes depends on time.
class MORGANA_API ReportsRun {
 public:
  explicit ReportsRun(Stage& stage) { stage.reports_run_ = true; }
};

}  // namespace morgana

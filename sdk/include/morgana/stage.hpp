// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "morgana/context.hpp"
#include "morgana/parameter.hpp"
#include "morgana/plugin.hpp"
#include "morgana/port.hpp"
#include "morgana/version.hpp"

namespace morgana {

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

  /// What the members declared, in their order.
  const std::vector<InputBase*>& inputs() const noexcept { return inputs_; }
  const std::vector<OutputBase*>& outputs() const noexcept { return outputs_; }
  const std::vector<ParameterBase*>& parameters() const noexcept { return parameters_; }
  Seed* seed() const noexcept { return seed_; }               ///< null: the stage is not random
  bool accelerated() const noexcept { return accelerated_; }  ///< may run on a GPU
  bool reports_run() const noexcept { return reports_run_; }  ///< writes times and costs
  bool parallel() const noexcept { return parallel_; }        ///< uses `Context::threads`

 private:
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
  std::vector<std::string> names_;
  Seed* seed_ = nullptr;
  bool accelerated_ = false, reports_run_ = false, parallel_ = false;
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

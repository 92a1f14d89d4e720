// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>  // fmt::format_string

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "morgana/error.hpp"
#include "morgana/version.hpp"

namespace morgana {

/// Where a node computes: `index` counts the GPUs of the kind.
struct Device {
  enum class Kind { kCpu, kCuda } kind = Kind::kCpu;
  int index = 0;
};

enum class LogLevel { kDebug, kInfo, kWarning };

/// How far a stage has come; shown on the node's line and written to the run's events.
struct Progress {
  std::uint64_t done = 0;
  std::uint64_t total = 0;     ///< 0: unknown
  std::string_view unit = "";  ///< "steps", "biflows", "bytes"
  std::string note = "";       ///< "loss 0.0123"
};

/// A finished node of this run, for the stages that report costs.
struct NodeCost {
  std::string node;                              ///< name as expanded
  std::string stage;                             ///< "train.ddpm"
  std::map<std::string, std::string> variables;  ///< the combination of `vary` it stands for
  double seconds = 0;                            ///< when it really ran, also where it came from the cache today
  std::uint64_t peak_memory_bytes = 0;           ///< of the whole process while it ran
  bool cached = false;
};

/// What the run knows that a stage may tell its readers: the pipeline as resolved, its picture, its costs.
struct RunFacts {
  std::string name, pipeline_json, graph_svg, command, version;
  std::vector<NodeCost> costs;
};

/// What the host offers a stage while it runs. Every function may be called from any thread.
class MORGANA_API Context {
 public:
  virtual ~Context();

  class Log {
   public:
    template <typename... Arguments>
    void debug(fmt::format_string<Arguments...> format, Arguments&&... arguments) const {
      write(LogLevel::kDebug, fmt::format(format, std::forward<Arguments>(arguments)...));
    }
    template <typename... Arguments>
    void info(fmt::format_string<Arguments...> format, Arguments&&... arguments) const {
      write(LogLevel::kInfo, fmt::format(format, std::forward<Arguments>(arguments)...));
    }
    template <typename... Arguments>
    void warning(fmt::format_string<Arguments...> format, Arguments&&... arguments) const {
      write(LogLevel::kWarning, fmt::format(format, std::forward<Arguments>(arguments)...));
    }

   private:
    friend class Context;
    explicit Log(Context& context) : context_(context) {}
    void write(LogLevel level, const std::string& text) const { context_.write_log(level, text); }
    Context& context_;
  };

  Log log() { return Log(*this); }

  /// Cheap: the host drops what comes faster than it can be shown.
  virtual void progress(const Progress& progress) = 0;

  /// True after the user asked the run to stop: save a checkpoint and return by `check_stop`.
  virtual bool stop_requested() const noexcept = 0;
  void check_stop() const {
    if (stop_requested()) throw Stopped();
  }

  /// The device the pipeline asks for; CPU for a stage that declares no `Accelerated`.
  virtual Device device() const = 0;

  /// Threads this node may keep busy. A stage starts no more; `ThreadScope` sets LibTorch's team to it.
  virtual int threads() const = 0;

  /// An empty folder, removed when the node ends.
  virtual const std::filesystem::path& scratch() = 0;

  /// A folder that outlives a killed run and is found again by the same node with the same inputs and parameters;
  /// removed when the node has succeeded.
  virtual const std::filesystem::path& checkpoints() = 0;

  /// Name of the node and the combination of `vary` it stands for.
  virtual const std::string& node() const = 0;
  virtual const std::map<std::string, std::string>& variables() const = 0;

  /// Facts of the run so far. Only a stage that declares `ReportsRun` may ask: what it writes then depends on time.
  virtual RunFacts run_facts() const = 0;

 protected:
  virtual void write_log(LogLevel level, std::string_view text) = 0;
};

}  // namespace morgana

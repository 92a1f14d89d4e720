// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "morgana/context.hpp"
#include "run/outcome.hpp"

namespace morgana::host {

/// Told what happens in a run, from whatever thread it happens on, and several at once.
class Observer {
 public:
  virtual ~Observer() = default;

  virtual void started(std::size_t /*node*/, const NodeOutcome& /*so_far*/) {}
  virtual void progressed(std::size_t /*node*/, const Progress& /*progress*/) {}
  virtual void logged(std::size_t /*node*/, LogLevel /*level*/, const std::string& /*text*/) {}
  /// Another run makes the same thing; its result will be taken.
  virtual void waits_for_other_run(std::size_t /*node*/) {}
  /// Cached, done, failed, blocked or stopped.
  virtual void ended(std::size_t /*node*/, const NodeOutcome& /*outcome*/) {}
};

}  // namespace morgana::host

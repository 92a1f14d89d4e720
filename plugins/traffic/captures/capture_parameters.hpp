// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "biflows/assembly.hpp"
#include "captures/capture_logs.hpp"
#include "morgana/stage.hpp"

namespace morgana::captures {

/// How a stage that reads captures is told to put biflows together and whose they are.
class CaptureParameters {
 public:
  explicit CaptureParameters(Stage& stage);

  /// Throws `Error` where an address is none.
  biflows::Assembly assembly() const;
  /// Throws `Error` where an app's name is not understood.
  AppNames apps() const { return AppNames(*apps_); }

 private:
  Param<std::vector<std::string>> clients_;
  Param<double> idle_timeout_;
  Param<std::vector<std::string>> apps_;
  Check understood_;
};

}  // namespace morgana::captures

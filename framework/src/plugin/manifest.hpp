// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "morgana/parameter.hpp"

namespace morgana::host {

/// A port as a manifest tells of it.
struct PortManifest {
  std::string name, type, extension, doc;  ///< type "Traces", extension ".safetensors"
  bool required = true, many = false;      ///< of an input
};

/// A stage as a manifest tells of it: all that `list`, `inspect` and `validate` need.
struct StageManifest {
  std::string name, doc;
  std::vector<PortManifest> inputs, outputs;
  std::vector<ParameterInfo> parameters;
  bool seeded = false, accelerated = false, parallel = false, reports_run = false, checks = false;
};

/// What stands beside a library as JSON, written at build time by asking it (`morgana manifest LIBRARY`).
struct PluginManifest {
  std::filesystem::path library;
  std::string name, version, doc, abi, sdk;  ///< sdk "1.0"
  std::string build_id;                      ///< SHA-256 of the library, hexadecimal
  std::vector<StageManifest> stages;
  std::vector<std::string> codecs;

  /// Opening the library brings LibTorch into the process.
  bool links_libtorch() const { return abi.find(" torch") != std::string::npos; }
};

}  // namespace morgana::host

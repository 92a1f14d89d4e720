// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/saved_model.hpp"
#include "plugin/catalog.hpp"

namespace morgana::host {

/// What `morgana generate` was asked for.
struct GenerateRequest {
  SavedModel model;
  std::string model_as_typed;
  std::vector<std::string> classes;  ///< as typed after --class; empty: all
  std::int64_t count = 100;          ///< traces of each class
  bool counted = false;              ///< `count` was typed
  std::uint64_t seed = 0;
  std::string device = "auto";
  std::filesystem::path output;  ///< as typed
};

/// Where the product lies in the run's folder: apart from what the run keeps for itself.
std::filesystem::path product_path(const GenerateRequest& request);

/// Where another product of the writer goes, of which the run's folder has it at `place`: beside the output.
std::filesystem::path beside_output(const GenerateRequest& request, const std::filesystem::path& place);

/// Throws `UsageFault` where traffic has no format of that extension.
void check_extension(const std::filesystem::path& output);

/// The pipeline that does it, as JSON: the nodes "model", "sample", "write", and "traffic" between the last two where
/// the sampler gives images. Throws `UsageFault` where a stage of it is not there or does not fit.
std::string generate_pipeline(const GenerateRequest& request, const Catalog& catalog);

}  // namespace morgana::host

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "graph/plan.hpp"
#include "graph/resolution.hpp"
#include "plugin/catalog.hpp"

namespace morgana::host {

/// Reads, expands and checks a pipeline; reads no data, and opens no library but what `check` opens, which may be none.
/// `overrides` are the values of `--set`.
///
/// Throws `PipelineFault` with everything that is wrong, `Error` where the file cannot be read, and what `check`
/// throws.
Plan load_plan(const std::filesystem::path& file, const std::vector<std::string>& overrides,
               std::shared_ptr<const Catalog> catalog, const CheckNode& check = {});

/// The same for a pipeline that is no file; `file` stands for it in messages, and paths are seen from its folder.
Plan plan_of_text(std::string text, const std::filesystem::path& file, const std::vector<std::string>& overrides,
                  std::shared_ptr<const Catalog> catalog, const CheckNode& check = {});

/// The pipeline as it will run: every node after expansion, every parameter with its value, no variables.
std::string resolved_json(const Plan& plan);

}  // namespace morgana::host

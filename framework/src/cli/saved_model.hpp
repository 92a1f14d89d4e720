// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "plugin/catalog.hpp"

namespace morgana::host {

/// What the header of a saved model tells; its weights are not looked at.
struct SavedModel {
  std::filesystem::path file;  ///< absolute, links followed
  std::string kind;            ///< "ddpm"
  std::vector<std::string> class_names;
  std::vector<std::int64_t> class_counts;  ///< training examples of each class; may be shorter
};

/// Throws `Error` that says what the file is, where it is no model.
SavedModel read_saved_model(const std::filesystem::path& file);

/// The model that a user names: a file; a run (its folder, or its name below `runs`) that has one model which the
/// catalog's plugins can sample; or RUN:NODE. Throws `UsageFault`, with the models there are where none or several fit.
SavedModel find_saved_model(const std::string& operand, const std::filesystem::path& runs, const Catalog& catalog);

/// The classes asked for, each once, in the model's order; all with training examples where `names` is empty. Throws
/// `UsageFault` with the classes the model can be asked for, the nearest first, where one is not among them.
std::vector<std::string> asked_classes(const SavedModel& model, const std::vector<std::string>& names);

}  // namespace morgana::host

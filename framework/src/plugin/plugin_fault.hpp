// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include "morgana/error.hpp"

namespace morgana::host {

/// A library that could not be loaded, or broke the contract of a plugin: the run ends with exit code 3.
class PluginFault : public Error {
 public:
  using Error::Error;
  explicit PluginFault(const Error& cause) : Error(cause), cause_(cause.what()) {}

  /// The cause with the library it is about; messages show `library: error: cause`.
  PluginFault(std::filesystem::path library, const Error& cause)
      : Error(Error(library.string() + ": " + cause.what()).hint(cause.hint())),
        library_(std::move(library)),
        cause_(cause.what()) {}

  const std::filesystem::path& library() const noexcept { return library_; }
  /// What happened, without the library's name.
  std::string cause() const { return cause_.empty() ? what() : cause_; }

 private:
  std::filesystem::path library_;
  std::string cause_;
};

}  // namespace morgana::host

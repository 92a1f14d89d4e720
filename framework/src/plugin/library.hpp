// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "morgana/plugin.hpp"
#include "morgana/stage.hpp"

namespace morgana::host {

/// A plugin library in this process. It is never unloaded, not even at exit: LibTorch does not survive that
/// (pytorch#61111, pytorch#46171), and stages hold code of it.
class Library {
 public:
  /// Opens the file and checks its descriptor: size, SDK version, ABI tag. Throws `PluginFault` with cause and fix.
  explicit Library(const std::filesystem::path& file);

  const std::filesystem::path& file() const noexcept { return file_; }
  const PluginDescriptor& descriptor() const noexcept { return *descriptor_; }

  /// A new stage. Throws `PluginFault` where there is none of that name, or where its constructor throws anything.
  std::unique_ptr<Stage> create(const std::string& stage) const;

 private:
  std::filesystem::path file_;
  const PluginDescriptor* descriptor_ = nullptr;
};

/// What this host's plugins must have been built with: "SDK 1.0 (gcc12 cxx11 torch2.11)".
std::string host_interface();

/// Throws `PluginFault` where a plugin of that SDK version and ABI tag does not fit this host.
void check_interface(const std::filesystem::path& library, const std::string& sdk, const std::string& abi);

}  // namespace morgana::host

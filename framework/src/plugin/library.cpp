// SPDX-License-Identifier: Apache-2.0
#include "plugin/library.hpp"

#include <fmt/format.h>

#include <boost/dll/shared_library.hpp>
#include <memory>
#include <mutex>
#include <new>
#include <string_view>
#include <vector>

#include "plugin/exception_type.hpp"
#include "plugin/plugin_fault.hpp"

#ifndef MORGANA_HOST_LIBTORCH
#define MORGANA_HOST_LIBTORCH ""
#endif

namespace morgana::host {
namespace {

namespace dll = boost::dll;

constexpr const char* kSymbol = "morgana_plugin";
constexpr const char* kRebuild = "rebuild it against this SDK: cmake --build build --target {}";

std::string target_of(const std::filesystem::path& file) {
  const std::string stem = file.stem().string();
  return stem.starts_with("lib") ? stem.substr(3) : stem;
}

dll::shared_library& opened(const std::filesystem::path& file) {
  // Never freed: a library's destructor would unload it.
  static auto& libraries = *new std::vector<std::unique_ptr<dll::shared_library>>;
  static std::mutex mutex;
  dll::shared_library* library = nullptr;
  {
    const std::lock_guard lock(mutex);
    library = libraries.emplace_back(std::make_unique<dll::shared_library>()).get();
  }
  std::error_code code;
  try {
    library->load(file, code, dll::load_mode::rtld_now | dll::load_mode::rtld_local);
  } catch (const std::exception& exception) {  // of the library's own initialisers
    throw Error("opening it threw {}: {}", current_exception_type(), exception.what());
  } catch (...) {
    throw Error("opening it threw {}", current_exception_type());
  }
  if (!code) return *library;
  // The loader's own words name what is missing; opening it again is how to get them.
  std::string cause = code.message();
  if (::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL) == nullptr)
    if (const char* words = ::dlerror()) cause = words;
  if (cause.starts_with(file.string() + ": ")) cause.erase(0, file.string().size() + 2);
  throw Error("it cannot be opened: {}", cause)
      .hint(cause.find("cannot open shared object") != std::string::npos
                ? "see which libraries it misses with: ldd " + file.string()
                : "");
}

const PluginDescriptor* descriptor_of(const std::filesystem::path& file) {
  const auto& library = opened(file);
  if (!library.has(kSymbol))
    throw Error("it has no symbol \"{}\", so it is no plugin", kSymbol)
        .hint("end one of its source files with MORGANA_PLUGIN(...), or take it off the plugin path");
  const auto ask = library.get<const PluginDescriptor*()>(kSymbol);
  const PluginDescriptor* descriptor = nullptr;
  try {
    descriptor = ask();
  } catch (...) {
    throw Error("asking for its descriptor threw {}", current_exception_type())
        .hint("define the symbol by MORGANA_PLUGIN(...)");
  }
  if (descriptor == nullptr) throw Error("its descriptor is null").hint("define the symbol by MORGANA_PLUGIN(...)");
  return descriptor;
}

void check(const PluginDescriptor& descriptor, const std::filesystem::path& file) {
  const auto rebuild = fmt::format(fmt::runtime(kRebuild), target_of(file));
  // The size comes first: with another one the fields behind it are not where they are expected.
  if (descriptor.size != sizeof(PluginDescriptor))
    throw Error("its descriptor has {} bytes, this host's has {}", descriptor.size, sizeof(PluginDescriptor))
        .hint(rebuild);
  check_interface(file, fmt::format("{}.{}", descriptor.sdk_major, descriptor.sdk_minor),
                  descriptor.abi != nullptr ? descriptor.abi : "no ABI tag");
  if (descriptor.name == nullptr || descriptor.version == nullptr || descriptor.doc == nullptr)
    throw Error("its descriptor lacks a name, a version or a sentence")
        .hint("define the symbol by MORGANA_PLUGIN(...)");
  if (descriptor.stage_count + descriptor.codec_count == 0) throw Error("it has neither stages nor codecs");
}

}  // namespace

std::string host_interface() {
  return fmt::format("SDK {}.{} ({}{})", MORGANA_SDK_MAJOR, MORGANA_SDK_MINOR, MORGANA_ABI,
                     *MORGANA_HOST_LIBTORCH == '\0' ? "" : " torch" MORGANA_HOST_LIBTORCH);
}

void check_interface(const std::filesystem::path& library, const std::string& sdk, const std::string& abi) {
  // A plugin without LibTorch runs beside any.
  const std::string with_torch = std::string(MORGANA_ABI) + " torch" MORGANA_HOST_LIBTORCH;
  const bool abi_fits = abi == MORGANA_ABI || (*MORGANA_HOST_LIBTORCH != '\0' && abi == with_torch);
  if (!abi_fits || sdk != fmt::format("{}.{}", MORGANA_SDK_MAJOR, MORGANA_SDK_MINOR))
    throw PluginFault(library, Error("built for SDK {} ({}), this host is {}", sdk, abi, host_interface())
                                   .hint(fmt::format(fmt::runtime(kRebuild), target_of(library))));
}

Library::Library(const std::filesystem::path& file) : file_(file) {
  try {
    // dlopen searches its own path for a name without a slash.
    descriptor_ = descriptor_of(std::filesystem::absolute(file));
    check(*descriptor_, file);
  } catch (const PluginFault&) {
    throw;
  } catch (const Error& error) {
    throw PluginFault(file, error);
  }
}

std::unique_ptr<Stage> Library::create(const std::string& stage) const {
  const auto fault = [&](const std::string& cause) { return PluginFault(file_, Error("stage {}: {}", stage, cause)); };
  for (std::size_t i = 0; i < descriptor_->stage_count; ++i) {
    const StageEntry& entry = descriptor_->stages[i];
    if (entry.name == nullptr || stage != entry.name) continue;
    try {
      std::unique_ptr<Stage> made(entry.create());
      if (!made) throw Error("its library made nothing");
      return made;
    } catch (const Error& error) {
      throw fault(error.what());
    } catch (const std::exception& exception) {
      throw fault(fmt::format("its constructor threw {}: {}", current_exception_type(), exception.what()));
    } catch (...) {
      throw fault(fmt::format("its constructor threw {}, which is no std::exception", current_exception_type()));
    }
  }
  throw PluginFault(
      file_, Error("it has no stage {}", stage).hint("make its manifest again: morgana manifest " + file_.string()));
}

}  // namespace morgana::host

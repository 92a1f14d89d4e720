// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "morgana/version.hpp"

namespace morgana {

class Stage;
class Codec;

/// A stage of a library: how it is called in a pipeline, and how one is made.
struct StageEntry {
  const char* name;  ///< "select.minimum-packets"
  const char* doc;   ///< one sentence; empty: the library's
  Stage* (*create)();
};

/// A codec of a library: how a saved one becomes an object again.
struct CodecEntry {
  const char* kind;  ///< "gasf"
  std::shared_ptr<const Codec> (*load)(const char* configuration);
};

/// What the one exported symbol returns. Plain data, so that any host can read it before it trusts the rest.
struct PluginDescriptor {
  std::uint32_t size;  ///< sizeof(PluginDescriptor) as the plugin was built
  std::uint32_t sdk_major, sdk_minor;
  const char* abi;      ///< compiler, C++ library and LibTorch: "gcc12 cxx11" or "gcc12 cxx11 torch2.11"
  const char* name;     ///< "minimum-packets"
  const char* version;  ///< "1.0.0"
  const char* doc;      ///< one sentence
  const StageEntry* stages;
  std::size_t stage_count;
  const CodecEntry* codecs;
  std::size_t codec_count;
};

namespace detail {

/// The entries of a plugin, sorted into the descriptor's two lists.
template <std::size_t Capacity>
struct PluginEntries {
  StageEntry stages[Capacity] = {};
  CodecEntry codecs[Capacity] = {};
  std::size_t stage_count = 0, codec_count = 0;

  template <typename... Entries>
  explicit PluginEntries(Entries... entries) {
    (add(entries), ...);
  }
  void add(const StageEntry& entry) { stages[stage_count++] = entry; }
  void add(const CodecEntry& entry) { codecs[codec_count++] = entry; }
};

}  // namespace detail

/// An entry for `MORGANA_PLUGIN`: the stage class `T` under its pipeline name.
template <typename T>
StageEntry stage(const char* name, const char* doc = "") {
  return {name, doc, []() -> Stage* { return new T; }};
}

/// An entry for `MORGANA_PLUGIN`: the codec class `T`, which has
/// `static std::shared_ptr<const Codec> load(const char* configuration)`.
template <typename T>
CodecEntry codec(const char* kind) {
  return {kind, &T::load};
}

}  // namespace morgana

#define MORGANA_DETAIL_TEXT2(x) #x
#define MORGANA_DETAIL_TEXT(x) MORGANA_DETAIL_TEXT2(x)
#if defined(__clang__)
#define MORGANA_DETAIL_COMPILER "clang" MORGANA_DETAIL_TEXT(__clang_major__)
#else
#define MORGANA_DETAIL_COMPILER "gcc" MORGANA_DETAIL_TEXT(__GNUC__)
#endif
// _GLIBCXX_USE_CXX11_ABI is known once any standard header was read.
#if defined(_GLIBCXX_USE_CXX11_ABI) && _GLIBCXX_USE_CXX11_ABI
#define MORGANA_DETAIL_LIBRARY " cxx11"
#else
#define MORGANA_DETAIL_LIBRARY " cxx98"
#endif
// Set by the target morgana::sdk, so that a torch-free plugin runs beside any LibTorch.
#if defined(MORGANA_LIBTORCH_VERSION)
#define MORGANA_DETAIL_TORCH " torch" MORGANA_LIBTORCH_VERSION
#else
#define MORGANA_DETAIL_TORCH ""
#endif
#define MORGANA_ABI MORGANA_DETAIL_COMPILER MORGANA_DETAIL_LIBRARY MORGANA_DETAIL_TORCH

/// Defines the library's one exported symbol. The entries are `morgana::stage<T>(...)` and `morgana::codec<T>(...)`.
#define MORGANA_PLUGIN(NAME, VERSION, DOC, ...)                                              \
  extern "C" MORGANA_API const ::morgana::PluginDescriptor* morgana_plugin() {               \
    static const auto entries = [](auto... list) {                                           \
      return ::morgana::detail::PluginEntries<sizeof...(list)>(list...);                     \
    }(__VA_ARGS__);                                                                          \
    static const ::morgana::PluginDescriptor descriptor{sizeof(::morgana::PluginDescriptor), \
                                                        MORGANA_SDK_MAJOR,                   \
                                                        MORGANA_SDK_MINOR,                   \
                                                        MORGANA_ABI,                         \
                                                        NAME,                                \
                                                        VERSION,                             \
                                                        DOC,                                 \
                                                        entries.stages,                      \
                                                        entries.stage_count,                 \
                                                        entries.codecs,                      \
                                                        entries.codec_count};                \
    return &descriptor;                                                                      \
  }

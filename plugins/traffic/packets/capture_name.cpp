// SPDX-License-Identifier: Apache-2.0
#include "packets/capture_name.hpp"

#include "packets/mac_address.hpp"
#include "packets/numbers.hpp"

namespace morgana::packets {
namespace {

constexpr std::size_t kRotationLength = 5;  // "_0001"

/// 1 of "x_0001", whose number is cut off; 0 where there is none.
int take_rotation(std::string_view& stem) {
  if (stem.size() <= kRotationLength || stem[stem.size() - kRotationLength] != '_') return 0;
  const auto number = number_of<unsigned>(stem.substr(stem.size() - kRotationLength + 1));
  if (!number) return 0;
  stem.remove_suffix(kRotationLength);
  return static_cast<int>(*number);
}

}  // namespace

CaptureName read_capture_name(std::string_view name) {
  CaptureName result;
  if (const auto mark = name.find('_'); mark != name.npos && mark + 1 < name.size()) {
    result.epoch = number_of<std::uint64_t>(name.substr(0, mark));
    if (result.epoch) name.remove_prefix(mark + 1);
  }
  if (name.size() > kMacLength + 1 && name[kMacLength] == '_') {
    result.mac = mac_at_start(name);
    if (!result.mac.empty()) name.remove_prefix(kMacLength + 1);
  }
  result.package = name;
  return result;
}

CaptureFileName read_capture_file_name(std::string_view path) {
  CaptureFileName result;
  const auto slash = path.rfind('/');
  auto stem = slash == path.npos ? path : path.substr(slash + 1);
  if (slash != path.npos) {
    const auto above = path.substr(0, slash);
    result.folder = above.substr(above.rfind('/') == above.npos ? 0 : above.rfind('/') + 1);
  }
  for (const std::string_view ending : {".gz", ".zst", ".pcap", ".pcapng", ".cap"})
    if (stem.size() > ending.size() && stem.ends_with(ending)) stem.remove_suffix(ending.size());
  result.rotation = take_rotation(stem);
  result.stem = stem;
  result.capture = read_capture_name(stem);
  return result;
}

}  // namespace morgana::packets

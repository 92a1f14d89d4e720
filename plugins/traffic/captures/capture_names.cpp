// SPDX-License-Identifier: Apache-2.0
#include "captures/capture_names.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace morgana::captures {
namespace {

constexpr std::size_t kMacLength = 17, kRotationLength = 5;  // "02:00:00:00:00:0a" and "_0001"

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

/// With ':' or '_' between the pairs.
bool is_mac(std::string_view text) {
  if (text.size() != kMacLength) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (i % 3 == 2 ? text[i] != ':' && text[i] != '_' : std::isxdigit(static_cast<unsigned char>(text[i])) == 0)
      return false;
  return true;
}

template <typename Number>
std::optional<Number> number_of(std::string_view digits) {
  Number number{};
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (fault != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

}  // namespace

CaptureFileName read_capture_file_name(std::string_view name) {
  CaptureFileName result;
  const auto slash = name.rfind('/');
  auto stem = slash == name.npos ? name : name.substr(slash + 1);
  if (slash != name.npos) {
    const auto above = name.substr(0, slash);
    result.folder = above.substr(above.rfind('/') == above.npos ? 0 : above.rfind('/') + 1);
  }
  for (const std::string_view ending : {".gz", ".zst", ".pcap", ".pcapng", ".cap"})
    if (stem.size() > ending.size() && stem.ends_with(ending)) stem.remove_suffix(ending.size());
  if (stem.size() > kRotationLength && stem[stem.size() - kRotationLength] == '_' &&
      all_digits(stem.substr(stem.size() - kRotationLength + 1))) {
    result.rotation = number_of<int>(stem.substr(stem.size() - kRotationLength + 1)).value_or(0);
    stem.remove_suffix(kRotationLength);
  }
  result.stem = stem;
  if (const auto mark = stem.find('_');
      mark != stem.npos && mark + 1 < stem.size() && all_digits(stem.substr(0, mark))) {
    result.epoch = number_of<std::uint64_t>(stem.substr(0, mark));
    stem.remove_prefix(mark + 1);
  }
  if (stem.size() > kMacLength + 1 && is_mac(stem.substr(0, kMacLength)) && stem[kMacLength] == '_')
    stem.remove_prefix(kMacLength + 1);
  result.label = stem;
  return result;
}

}  // namespace morgana::captures

// SPDX-License-Identifier: Apache-2.0
#include "capture_name.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <vector>

namespace morgana::mirage {
namespace {

bool is_hexadecimal(char letter) { return std::isxdigit(static_cast<unsigned char>(letter)) != 0; }

/// A MAC address, six pairs with ':' or '_' between them, at the start of a text.
constexpr std::size_t kMacLength = 17;
bool starts_with_mac(std::string_view text) {
  if (text.size() < kMacLength) return false;
  for (std::size_t i = 0; i < kMacLength; ++i)
    if (i % 3 == 2 ? text[i] != ':' && text[i] != '_' : !is_hexadecimal(text[i])) return false;
  return text.size() == kMacLength || !is_hexadecimal(text[kMacLength]);
}

/// "Nexus7_bc_ee_7b_a4_09_47"
bool ends_with_mac(std::string_view text) {
  return text.size() >= kMacLength && starts_with_mac(text.substr(text.size() - kMacLength));
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == text.npos) return parts;
    text.remove_prefix(end + 1);
  }
}

/// Without ".json" and the words that all files of a release end with.
std::string_view without_suffix(std::string_view name) {
  for (const std::string_view suffix : {".gz", ".json"})
    if (name.ends_with(suffix)) name.remove_suffix(suffix.size());
  for (const std::string_view release : {"_MIRAGE-", "_mirage2020dataset_"})
    if (const auto place = name.find(release); place != name.npos) name = name.substr(0, place);
  return name;
}

enum class Reach { kPrivate, kPublic };

std::optional<Reach> reach_of(std::string_view text) {
  const std::string address(text);
  std::array<unsigned char, 16> bytes{};
  if (inet_pton(AF_INET, address.c_str(), bytes.data()) == 1) {
    const bool is_private = bytes[0] == 10 || (bytes[0] == 172 && bytes[1] / 16 == 1) ||
                            (bytes[0] == 192 && bytes[1] == 168) || (bytes[0] == 169 && bytes[1] == 254) ||
                            bytes[0] == 127 || (bytes[0] == 100 && bytes[1] / 64 == 1);
    return is_private ? Reach::kPrivate : Reach::kPublic;
  }
  if (inet_pton(AF_INET6, address.c_str(), bytes.data()) == 1) {
    const bool is_loopback =
        std::all_of(bytes.begin(), bytes.end() - 1, [](auto byte) { return byte == 0; }) && bytes[15] == 1;
    const bool is_private = (bytes[0] & 0xfe) == 0xfc || (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80) || is_loopback;
    return is_private ? Reach::kPrivate : Reach::kPublic;
  }
  return std::nullopt;
}

}  // namespace

CaptureName read_capture_name(std::string_view path) {
  auto parts = split(path, '/');
  const auto name = without_suffix(parts.back());
  parts.pop_back();
  CaptureName result;
  std::string_view folder = parts.empty() ? std::string_view() : parts.back();
  for (const auto part : parts)
    if (ends_with_mac(part)) folder = part;
  result.capture = folder.empty() ? std::string(name) : std::string(folder) + '/' + std::string(name);
  result.folder = folder;

  auto rest = name;
  const auto digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
  if (digits == 0 || digits == rest.size() || rest[digits] != '_') return result;
  rest.remove_prefix(digits + 1);
  if (starts_with_mac(rest)) {
    result.address = rest.substr(0, kMacLength);
    std::replace(result.address.begin(), result.address.end(), '_', ':');
    rest.remove_prefix(kMacLength);
    if (rest.starts_with('_')) rest.remove_prefix(1);
  }
  if (rest != "None") result.package = rest;
  return result;
}

bool is_flipped(std::string_view key) {
  // Nearly all keys start with the phone's private address, and are done here.
  if (reach_of(key.substr(0, key.find(','))) != Reach::kPublic) return false;
  const auto parts = split(key, ',');
  return parts.size() == 5 && reach_of(parts[2]) == Reach::kPrivate;
}

std::string flipped(std::string_view key) {
  const auto parts = split(key, ',');
  std::string result;
  for (const auto part : {parts[2], parts[3], parts[0], parts[1], parts[4]})
    result.append(result.empty() ? "" : ",").append(part);
  return result;
}

}  // namespace morgana::mirage

// SPDX-License-Identifier: Apache-2.0
#include "file_name.hpp"

#include <fmt/format.h>

#include "packets/capture_name.hpp"
#include "packets/flow_key.hpp"
#include "packets/mac_address.hpp"

namespace morgana::mirage {
namespace {

/// Without ".json" and the words that all files of a release end with.
std::string_view without_suffix(std::string_view name) {
  for (const std::string_view suffix : {".gz", ".json"})
    if (name.ends_with(suffix)) name.remove_suffix(suffix.size());
  for (const std::string_view release : {"_MIRAGE-", "_mirage2020dataset_"})
    if (const auto place = name.find(release); place != name.npos) name = name.substr(0, place);
  return name;
}

}  // namespace

FileName read_file_name(std::string_view path) {
  FileName result;
  std::string_view nearest, with_address;
  for (auto slash = path.find('/'); slash != path.npos; slash = path.find('/')) {
    nearest = path.substr(0, slash);
    if (!packets::mac_at_end(nearest).empty()) with_address = nearest;
    path.remove_prefix(slash + 1);
  }
  const auto folder = with_address.empty() ? nearest : with_address;
  const auto name = without_suffix(path);
  result.capture = folder.empty() ? std::string(name) : fmt::format("{}/{}", folder, name);
  result.folder = folder;
  auto capture = packets::read_capture_name(name);
  if (!capture.epoch) return result;
  result.address = std::move(capture.mac);
  if (capture.package != "None") result.package = std::move(capture.package);
  return result;
}

bool is_flipped(std::string_view key) {
  // Nearly all keys start with the phone's private address, and are done here.
  const auto first = packets::Address::parse(key.substr(0, key.find(',')));
  if (!first || first->is_private()) return false;
  const auto parts = packets::parts_of_key(key);
  if (!parts) return false;
  const auto second = packets::Address::parse((*parts)[2]);
  return second && second->is_private();
}

std::string flipped(std::string_view key) {
  const auto [client, client_port, server, server_port, protocol] = packets::parts_of_key(key).value();
  return fmt::format("{},{},{},{},{}", server, server_port, client, client_port, protocol);
}

}  // namespace morgana::mirage

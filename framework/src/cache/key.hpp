// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace morgana::host {

/// One fact that a node's result depends on.
struct KeyPart {
  std::string kind;   ///< "stage", "parameter", "input" ...
  std::string name;   ///< "packets"; "" where the kind says it all
  std::string value;  ///< "32", or the hash of a content
  friend bool operator==(const KeyPart&, const KeyPart&) = default;
};

/// Everything a node's result depends on, in an order of its own; equal material gives an equal result.
struct KeyMaterial {
  std::vector<KeyPart> parts;

  void add(std::string kind, std::string name, std::string value) {
    parts.push_back({std::move(kind), std::move(name), std::move(value)});
  }

  /// SHA-256 over the parts, 64 hexadecimal digits: the node's name in the cache.
  std::string key() const;

  /// One line a part, for the index; `parse` is its inverse.
  std::string text() const;
  static KeyMaterial parse(std::string_view text);
};

/// What changed from one material to another, for people: "packets 10 -> 32", "input \"traces\" changed".
/// Where the stage is another one, that is all: its parameters are not comparable.
std::vector<std::string> changes(const KeyMaterial& before, const KeyMaterial& now);

}  // namespace morgana::host

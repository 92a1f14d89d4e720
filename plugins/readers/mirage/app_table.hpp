// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace morgana::mirage {

/// Releases in whose list of apps an app stands.
enum ReleaseSet : unsigned { kNoList = 0, kInVideo = 1, kInCcma = 2, kInAppxact = 4 };

/// An app whose traffic the later releases are about. Its own name stands in some of their labels in place of its
/// package's.
struct App {
  std::string_view package, name;
  std::string_view category;  ///< MIRAGE-VIDEO's; "" elsewhere
  unsigned releases;
};

/// The app of a package, a process of one ("com.discord:push") or an app's name, in any case; null where a release
/// does not list it.
const App* find_app(std::string_view label, ReleaseSet release);

/// Up to its first ':', in lower case: the package that an Android process belongs to.
std::string package_of_process(std::string_view process);

/// Equal but for upper and lower case: "com.Slack" is written both ways.
bool same_name(std::string_view first, std::string_view second);

}  // namespace morgana::mirage

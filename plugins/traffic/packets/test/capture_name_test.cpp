// SPDX-License-Identifier: Apache-2.0
#include "packets/capture_name.hpp"

#include <gtest/gtest.h>

#include "packets/mac_address.hpp"

namespace morgana::packets {
namespace {

TEST(CaptureName, SaysTimeDeviceAndPackage) {
  const auto name = read_capture_name("1670836390_1e_65_95_7E_34_0b_tv.twitch.app");
  EXPECT_EQ(name.epoch, 1670836390u);
  EXPECT_EQ(name.mac, "1e:65:95:7e:34:0b");
  EXPECT_EQ(name.package, "tv.twitch.app");
  EXPECT_EQ(read_capture_name("1e:65:95:7e:34:0b_app").package, "app");
  EXPECT_EQ(read_capture_name("1e:65:95:7e:34:0b").package, "1e:65:95:7e:34:0b");
  for (const char* text : {"netflix", "42", "42_", "_netflix", "99999999999999999999_app"}) {
    EXPECT_EQ(read_capture_name(text).epoch, std::nullopt) << text;
    EXPECT_EQ(read_capture_name(text).package, text);
  }
}

TEST(CaptureName, IsPartOfAFileName) {
  const auto name = read_capture_file_name("a/phone/1670836390_1e:65:95:7e:34:0b_tv.twitch.app_0003.pcap.gz");
  EXPECT_EQ(name.folder, "phone");
  EXPECT_EQ(name.stem, "1670836390_1e:65:95:7e:34:0b_tv.twitch.app");
  EXPECT_EQ(name.capture.epoch, 1670836390u);
  EXPECT_EQ(name.capture.package, "tv.twitch.app");
  EXPECT_EQ(name.rotation, 3);
  const auto package = [](const char* file) { return read_capture_file_name(file).capture.package; };
  EXPECT_EQ(package("a/1539866692_com.iconology.comics.pcapng"), "com.iconology.comics");
  EXPECT_EQ(package("netflix.pcap"), "netflix");
  EXPECT_EQ(package("video_2020.cap"), "video");
  EXPECT_EQ(package("42"), "42");
}

TEST(MacAddress, EndsADevicesName) {
  EXPECT_EQ(mac_at_end("Nexus7_bc_ee_7b_a4_09_47"), "bc:ee:7b:a4:09:47");
  EXPECT_EQ(mac_at_end("BC:EE:7B:A4:09:47"), "bc:ee:7b:a4:09:47");
  EXPECT_EQ(mac_at_end("Nexus7_bc_ee_7b_a4_09_4"), "");
  EXPECT_EQ(mac_at_end("bc_ee_7b_a4_09-47"), "");
  EXPECT_EQ(mac_at_end(""), "");
  EXPECT_EQ(documentation_mac(0), "00:00:5e:00:53:01");
}

}  // namespace
}  // namespace morgana::packets

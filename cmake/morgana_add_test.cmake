# SPDX-License-Identifier: Apache-2.0
#
# morgana_add_test(<target> PREFIX <text> SOURCES <file>... [LIBRARIES <target>...] [LABELS <label>])
#
# Builds a GoogleTest program and tells ctest of its tests as "<prefix>.<suite>.<test>". Their sources see tests/ and
# MORGANA_SOURCE_DIR, and are optimised lightly: what they test is optimised by itself, and their bodies run once.
function(morgana_add_test target)
  cmake_parse_arguments(PARSE_ARGV 1 test "" "PREFIX;LABELS" "SOURCES;LIBRARIES")
  add_executable(${target} ${test_SOURCES})
  target_link_libraries(${target} PRIVATE ${test_LIBRARIES} GTest::gtest GTest::gtest_main morgana_warnings)
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  target_compile_definitions(${target} PRIVATE MORGANA_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_compile_options(${target} PRIVATE -O1)
  gtest_discover_tests(${target} TEST_PREFIX "${test_PREFIX}." DISCOVERY_TIMEOUT 60
                       PROPERTIES TIMEOUT 600 LABELS "${test_LABELS}")
endfunction()

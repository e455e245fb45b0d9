# `sam build` asks for build-<logical id> in a function's folder, and wants the function unpacked in ARTIFACTS_DIR. Maven
# packs all functions at once, if any source is newer than what is packed.

function := $(notdir $(CURDIR))
packed := target/lamella-$(function).zip
functions := $(patsubst ../%/Makefile,functions/%,$(wildcard ../*/Makefile))
empty :=
comma := ,

# What a broken-off build leaves is what was there before.
.PRECIOUS: $(packed)

build-%: $(packed)
	unzip -q -o $(packed) -d "$(ARTIFACTS_DIR)"

$(packed): $(shell find ../../pom.xml ../*.xml ../*/pom.xml ../*/src/main -type f)
	mvn -B -q -f ../../pom.xml -pl $(subst $(empty) ,$(comma),$(functions)) -am -Dmaven.test.skip=true package
	touch $(foreach module,$(functions),../../$(module)/target/lamella-$(notdir $(module)).zip)

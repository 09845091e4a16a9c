# make test-gateway: the gateway against things that are not ours, installed by npm into build/gateway.
$(B)/tests/gateway/questions: tests/gateway/questions.c $(B)/libserver.a $(B)/libwire.a $(B)/libcore.a
	@mkdir -p $(@D)
	$(call do,TEST,$@)$(CC) $(COMMON) $(DEPS) $(SERVER_FLAGS) $(LINK) -o $@ $(filter %.c %.a,$^) $(SERVER_LIBS)
test-gateway: deps
	@+$(sub) V=asan test-gateway-run
test-gateway-run: all $(B)/tests/gateway/questions
	@tests/gateway/run --install; code=$$?; \
	if [ $$code = 75 ]; then exit 0; elif [ $$code != 0 ]; then exit $$code; fi; \
	BUILD=$(B) tests/run-all tests/gateway/run
.PHONY: test-gateway test-gateway-run

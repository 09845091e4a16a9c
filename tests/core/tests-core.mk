# What test_quote_model.py reads: random drafts, priced.
$(B)/tests/core/quote_dump: tests/core/quote_dump.c $(B)/libcore.a
	@mkdir -p $(@D)
	$(call do,TEST,$<)$(CC) $(COMMON) $(DEPS) $(LINK) -o $@ $(filter %.c %.a,$^)
TEST_HELPERS += $(B)/tests/core/quote_dump

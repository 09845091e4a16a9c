# What test_quote_model.py and test_promotion_model.py read: random drafts, priced.
QUOTE_DUMPS := quote_dump promotion_dump
$(QUOTE_DUMPS:%=$(B)/tests/core/%): $(B)/tests/core/%: tests/core/%.c $(B)/libcore.a
	@mkdir -p $(@D)
	$(call do,TEST,$<)$(CC) $(COMMON) $(DEPS) $(LINK) -o $@ $(filter %.c %.a,$^)
TEST_HELPERS += $(QUOTE_DUMPS:%=$(B)/tests/core/%)

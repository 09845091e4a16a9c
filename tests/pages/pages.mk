# make test-pages: every state of the pages in a browser, looked over by axe-core, which npm installs into build/pages.
test-pages: deps
	@+$(sub) V=asan test-pages-run
test-pages-run: all
	@tests/pages/run --install; code=$$?; \
	if [ $$code = 75 ]; then exit 0; elif [ $$code != 0 ]; then exit $$code; fi; \
	BUILD=$(B) tests/run-all tests/pages/run
.PHONY: test-pages test-pages-run

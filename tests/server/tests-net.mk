# The server of tests/server/test_net.py: server/net and core alone, so that it is known to stand
# by itself.
NET_OBJ := $(call objects,$(wildcard server/net/*.c))
NET_PKGS := libevent libevent_openssl openssl libsystemd libcurl
$(B)/tests/server/net_echo: tests/server/net_echo.c $(NET_OBJ) $(B)/libcore.a
	@mkdir -p $(@D)
	$(CC) $(COMMON) $(SERVER_FLAGS) $(LINK) -o $@ $< $(NET_OBJ) $(B)/libcore.a \
	    $(call lib,$(NET_PKGS)) -pthread
# As net_echo: with the room alone.
$(B)/tests/server/test_http: tests/server/test_http.c $(B)/tests/report.o $(NET_OBJ) $(B)/libcore.a
	@mkdir -p $(@D)
	$(CC) $(COMMON) $(SERVER_FLAGS) $(LINK) -o $@ $< $(B)/tests/report.o $(NET_OBJ) $(B)/libcore.a \
	    $(call lib,$(NET_PKGS)) -pthread -lcunit

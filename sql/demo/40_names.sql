-- What people are called and where they live, by market. Phones are of ranges that are kept free for
-- fiction, e-mail addresses of domains that belong to nobody.

-- `first` to `last`: the culture's share of its market in per cent. Direct selling is a women's trade
-- for the most part, and so are the given names.
CREATE TEMP TABLE demo_culture (market text, first int, last int, given text[], family text[]) ON COMMIT DROP;
INSERT INTO demo_culture
SELECT market, first, last, string_to_array(given, ' '), string_to_array(family, ' ')
  FROM (VALUES
    ('GB', 0, 60,
     'Sarah Emma Claire Helen Karen Susan Julie Lisa Nicola Joanne Tracey Rachel Laura Rebecca Michelle Amanda Jane Louise Sharon Angela Charlotte Lucy Hannah Alison Deborah Gemma Kelly Victoria Katie Jessica Amy Sophie Samantha Margaret Christine Elizabeth Jacqueline Caroline Donna Natalie Zoe Holly Chloe Stephanie Heather Lynn Ruth Wendy Paula Dawn Beth Abigail Georgia Molly Grace Olivia Ella Freya Poppy Imogen Sara-Jane David Paul Andrew Mark James Stephen Richard Daniel Matthew Thomas Adam Simon Peter Oliver Jack',
     'SMITH JONES TAYLOR BROWN WILLIAMS WILSON JOHNSON DAVIES ROBINSON WRIGHT THOMPSON EVANS WALKER WHITE ROBERTS GREEN HALL WOOD JACKSON CLARKE HARRIS CLARK LEWIS TURNER HILL COOPER MORRIS WARD MOORE HUGHES COOK EDWARDS PARKER MITCHELL BAKER CARTER PHILLIPS COLLINS RICHARDSON SHAW BENNETT COX MARSHALL BARKER HOLMES CHAPMAN MASON HUNT MATTHEWS WEBB ROGERS PALMER STEVENS KNIGHT FOSTER BUTLER BARNES PEARSON FLETCHER HOWARD DIXON BRADLEY FIELD LAWSON NEWTON SUTCLIFFE ARMITAGE HARGREAVES OLDROYD THACKRAY METCALFE PICKERING RAMSDEN SMITH-JONES GREENWOOD ACKROYD BOOTH CROSSLEY HAIGH LISTER'),
    ('GB', 61, 72,
     'Siobhan Aoife Niamh Ciara Sinead Roisin Orla Maeve Catriona Fiona Eilidh Morag Isla Kirsty Mairi Ailsa Shona Megan Bethan Cerys Sian Angharad Rhiannon Carys Nia Ffion Eleri Bronagh Deirdre Grainne Sean Liam Ewan Rhys Gareth',
     'MURPHY KELLY BYRNE RYAN GALLAGHER DOHERTY KENNEDY LYNCH MURRAY QUINN MCCARTHY NOLAN BRENNAN FITZGERALD MACDONALD CAMPBELL STEWART ROBERTSON THOMSON ANDERSON SCOTT REID ROSS PATERSON FRASER HAMILTON MCKENZIE SINCLAIR BUCHANAN GRIFFITHS OWEN LLOYD PRICE MORGAN REES JENKINS VAUGHAN PRITCHARD BEVAN HOWELLS'),
    ('GB', 73, 79,
     'Ewa Agnieszka Katarzyna Magdalena Joanna Monika Anna Marta Beata Aleksandra Karolina Natalia Justyna Dorota Izabela Paulina Kinga Zofia Maja Renata',
     'KOWALSKA NOWAK WISNIEWSKA WOJCIK KAMINSKA LEWANDOWSKA ZIELINSKA SZYMANSKA WOZNIAK DABROWSKA KOZLOWSKA MAZUR KRAWCZYK PIOTROWSKA GRABOWSKA PAWLOWSKA MICHALSKA KROL WIECZOREK JABLONSKA STEPIEN DUDEK ADAMCZYK SIKORA BARAN'),
    ('GB', 80, 86,
     'Ngozi Tolu Chioma Adaeze Funmilayo Ifeoma Blessing Amara Yewande Folake Temitope Chinwe Nkechi Ama Akosua Efua Abena Adwoa Kwame Kofi Joy Patience Comfort Mercy Esther',
     'OKAFOR ADEYEMI OKONKWO EZE NWOSU BALOGUN ADEBAYO OKEKE IBRAHIM OBI ONYEKA AFOLABI OGUNLEYE AKINOLA OSEI MENSAH BOATENG OWUSU ASANTE APPIAH AGYEMAN ANSAH QUAYE SARPONG NWACHUKWU'),
    ('GB', 87, 95,
     'Priya Anjali Sunita Meera Nisha Kavita Deepa Rani Sangeeta Pooja Aisha Fatima Zainab Nadia Saima Shazia Rukhsana Farah Amina Yasmin Samina Harpreet Manjit Simran Jasmin Gurpreet Nazia Tahmina Shabnam Bushra',
     'PATEL SHAH SINGH KAUR KHAN AHMED HUSSAIN ALI BEGUM CHAUDHRY MALIK IQBAL SHARMA GUPTA KUMAR MEHTA DESAI JOSHI RAO NAIR REDDY CHOWDHURY RAHMAN MIAH UDDIN AKHTAR BIBI MAHMOOD SIDDIQUI GILL DHILLON SANDHU GREWAL BHATT MISTRY'),
    ('GB', 96, 99, '美玲 小龍 淑芬 嘉欣 詠詩 家欣 麗華 慧敏 雅婷 秀英 佩珊 曉彤 志明 婉婷 子晴',
     '陳 李 黃 張 梁 王 林 吳 劉 何 鄭 鄧 馮 蔡 葉'),
    ('US', 0, 54,
     'Jennifer Jessica Ashley Amanda Melissa Stephanie Nicole Heather Elizabeth Megan Amber Kimberly Lisa Michelle Angela Tiffany Christina Laura Brittany Danielle Rachel Kelly Lauren Sara Mary Patricia Linda Barbara Susan Karen Nancy Betty Donna Carol Sandra Sharon Cynthia Kathleen Pamela Debra Brenda Emily Hannah Madison Abigail Samantha Taylor Kayla Allison Courtney Lindsey Shelby Paige Brooke Morgan Haley Michael Robert William Brian Kevin Jason Eric Scott',
     'SMITH JOHNSON WILLIAMS BROWN JONES MILLER DAVIS WILSON ANDERSON TAYLOR THOMAS MOORE MARTIN JACKSON THOMPSON WHITE HARRIS CLARK LEWIS ROBINSON WALKER YOUNG ALLEN KING WRIGHT SCOTT HILL GREEN ADAMS NELSON BAKER HALL CAMPBELL MITCHELL CARTER ROBERTS PHILLIPS EVANS TURNER PARKER COLLINS EDWARDS STEWART MORRIS MURPHY COOK ROGERS COOPER PETERSON REED BAILEY KELLY HOWARD WARD COX RICHARDSON WOOD WATSON BROOKS BENNETT GRAY HUGHES PRICE MYERS LONG FOSTER SANDERS ROSS POWELL SULLIVAN RUSSELL FISHER HENDERSON COLE'),
    ('US', 55, 74,
     'Maria Guadalupe Sofia Isabella Camila Valentina Gabriela Daniela Alejandra Rosa Carmen Ana Lucia Elena Veronica Patricia Claudia Adriana Monica Yolanda Silvia Marisol Leticia Esperanza Ximena Carlos Luis Jose Miguel Javier',
     'GARCIA RODRIGUEZ MARTINEZ HERNANDEZ LOPEZ GONZALEZ PEREZ SANCHEZ RAMIREZ TORRES FLORES RIVERA GOMEZ DIAZ REYES CRUZ MORALES ORTIZ GUTIERREZ CHAVEZ RAMOS RUIZ ALVAREZ MENDOZA CASTILLO JIMENEZ VASQUEZ ROMERO HERRERA MEDINA AGUILAR VARGAS GUZMAN SOTO DELGADO'),
    ('US', 75, 84,
     'Latoya Keisha Tamika Ebony Monique Jasmine Aaliyah Imani Nia Kiara Destiny Tanisha Shanice Denise Yvonne Gloria Simone Candace Brianna Raven Andre Marcus Darnell Malik Terrence',
     'WASHINGTON JEFFERSON BANKS BOOKER GAINES MOSLEY JOSEPH COLEMAN JENKINS BRYANT ALEXANDER GRIFFIN HAYES SIMMONS FOSTER HENRY DANIELS SIMPSON BYRD HAMPTON FRANKLIN RANDOLPH PRUITT CHARLES DORSEY'),
    ('US', 85, 91,
     'Gina Angela Carla Francesca Theresa Rosemary Donna Lorraine Heidi Ingrid Greta Krista Erika Anna Katrina Renee Marissa Vincent Anthony Frank',
     'ROSSI RUSSO ESPOSITO BIANCHI ROMANO COLOMBO RICCI MARINO GRECO SCHMIDT SCHNEIDER WEBER MEYER WAGNER BECKER HOFFMAN SCHULTZ KOCH KRAUSE NOVAK LARSEN OLSON SWANSON LINDGREN KOWALSKI'),
    ('US', 92, 95,
     'Priya Anjali Divya Neha Shreya Kavya Lakshmi Asha Meena Sunita Ritu Swati Preeti Deepika Nandini Anita Rekha Sneha Pallavi Radha',
     'PATEL SHAH SINGH KUMAR GUPTA REDDY RAO SHARMA NAIR IYER DESAI MEHTA AGARWAL MENON BANERJEE CHATTERJEE KAPOOR MALHOTRA VERMA JAIN'),
    ('US', 96, 99,
     'Linh Mai Thuy Huong Lan Trang Grace Jenny Amy Susan Eunice Minji Soo-Jin Hye-Won Mei Xiu Yuki Akiko Joy Christine',
     'NGUYEN TRAN LE PHAM HOANG VU DANG BUI KIM LEE PARK CHOI JUNG KANG CHEN WANG LIN LIU TANAKA SANTOS REYES BAUTISTA'),
    ('CN', 0, 99,
     '美玲 芳 娜 秀英 敏 静 丽 艳 娟 霞 平 桂英 玉兰 桂兰 秀兰 丹 萍 红 玲 燕 雪梅 婷 雪 慧 莹 梅 琳 洁 颖 晶 倩 璐 佳 欣怡 梓涵 诗涵 雨桐 佳怡 思琪 晓梅 晓燕 晓红 春梅 海燕 海霞 丽华 丽娟 丽丽 雅琴 淑珍 淑华 淑兰 文静 文娟 子涵 雨欣 梦瑶 若曦 语嫣 紫萱 伟 强 磊 军 洋 勇 杰 涛 明 超 鹏 建国 建华 志强 志伟 俊杰 浩然 宇轩 国强 文博',
     '王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙 马 朱 胡 郭 何 林 高 罗 郑 梁 谢 宋 唐 许 韩 邓 冯 曹 彭 曾 肖 田 董 潘 袁 蔡 蒋 余 于 杜 叶 程 魏 苏 吕 丁 任 卢 姚 沈 钟 姜 崔 谭 陆 范 汪 廖 石 金 韦 贾 夏 付 方 邹 熊 白 孟 秦 邱 侯 江 尹 薛 闫 段 雷 龙 史 陶 贺 毛 郝 顾 龚 邵 万 覃 武 钱 戴 严 莫 孔 向 常 汤 康')
  ) AS c(market, first, last, given, family);

-- Towns, the larger first: `code` begins the postcode (US: ZIP, then area code of the telephone),
-- `districts` follow it.
CREATE TEMP TABLE demo_town (market text, position int, town text, code text, districts int, region text,
                             area text) ON COMMIT DROP;
INSERT INTO demo_town
SELECT t.market, row_number() OVER (PARTITION BY t.market ORDER BY p.position), split_part(p.words, '/', 1),
       split_part(p.words, '/', 2), split_part(p.words, '/', 3)::int, split_part(p.words, '/', 4), split_part(p.words, '/', 5)
  FROM (VALUES
    ('GB', 'Leeds/LS/28|Hull/HU/17|York/YO/32|London/SE/27|Manchester/M/35|Birmingham/B/45|Sheffield/S/36|Bradford/BD/21|Liverpool/L/30|Newcastle upon Tyne/NE/40|Bristol/BS/37|Glasgow/G/46|Edinburgh/EH/30|Cardiff/CF/38|Nottingham/NG/25|Leicester/LE/19|Harrogate/HG/5|Wakefield/WF/17|Huddersfield/HD/9|Doncaster/DN/22|Halifax/HX/7|Belfast/BT/30|Swansea/SA/20|Aberdeen/AB/25|Dundee/DD/11|Norwich/NR/35|Ipswich/IP/33|Cambridge/CB/25|Oxford/OX/49|Reading/RG/45|Southampton/SO/45|Portsmouth/PO/41|Brighton/BN/45|Exeter/EX/39|Plymouth/PL/35|Truro/TR/27|Bath/BA/22|Gloucester/GL/56|Worcester/WR/15|Hereford/HR/9|Shrewsbury/SY/25|Chester/CH/8|Preston/PR/9|Blackpool/FY/8|Lancaster/LA/23|Carlisle/CA/28|Durham/DH/9|Darlington/DL/17|Sunderland/SR/9|Lincoln/LN/13|Peterborough/PE/38|Northampton/NN/18|Milton Keynes/MK/46|Luton/LU/7|St Albans/AL/10|Croydon/CR/9|Bromley/BR/8|Ilford/IG/11|Harrow/HA/9|Guildford/GU/47|Canterbury/CT/21|Maidstone/ME/20|Inverness/IV/28|Perth/PH/26'),
    ('US', 'Newark/071/99/NJ/973|New York/100/40/NY/212|Brooklyn/112/39/NY/718|Philadelphia/191/54/PA/215|Jersey City/073/10/NJ/201|Chicago/606/57/IL/312|Houston/770/99/TX/713|Los Angeles/900/89/CA/213|Phoenix/850/53/AZ/602|San Antonio/782/60/TX/210|Dallas/752/53/TX/214|San Diego/921/40/CA/619|Columbus/432/40/OH/614|Charlotte/282/30/NC/704|Indianapolis/462/60/IN/317|Boston/021/36/MA/617|Baltimore/212/39/MD/410|Atlanta/303/60/GA/404|Miami/331/99/FL/305|Tampa/336/29/FL/813|Orlando/328/39/FL/407|Jacksonville/322/60/FL/904|Detroit/482/40/MI/313|Cleveland/441/40/OH/216|Cincinnati/452/50/OH/513|Pittsburgh/152/43/PA/412|Buffalo/142/20/NY/716|Rochester/146/26/NY/585|Albany/122/12/NY/518|Hartford/061/12/CT/860|Providence/029/12/RI/401|Richmond/232/39/VA/804|Norfolk/235/20/VA/757|Raleigh/276/17/NC/919|Nashville/372/21/TN/615|Memphis/381/41/TN/901|Louisville/402/22/KY/502|Birmingham/352/40/AL/205|New Orleans/701/30/LA/504|St. Louis/631/40/MO/314|Kansas City/641/60/MO/816|Omaha/681/30/NE/402|Minneapolis/554/30/MN/612|Milwaukee/532/20/WI/414|Denver/802/40/CO/303|Salt Lake City/841/30/UT/801|Las Vegas/891/60/NV/702|Albuquerque/871/20/NM/505|Tucson/857/40/AZ/520|Sacramento/958/40/CA/916|Fresno/937/30/CA/559|San Jose/951/40/CA/408|Portland/972/40/OR/503|Seattle/981/40/WA/206|Spokane/992/20/WA/509|Boise/837/20/ID/208|Wilmington/198/10/DE/302|Portland/041/10/ME/207|Charleston/294/20/SC/843|Honolulu/968/20/HI/808'),
    ('CN', '上海市/200/99|北京市/100/99|广州市/510/99|深圳市/518/99|杭州市/310/30|南京市/210/40|苏州市/215/30|成都市/610/50|重庆市/400/50|武汉市/430/60|西安市/710/60|天津市/300/70|青岛市/266/60|宁波市/315/30|无锡市/214/30|长沙市/410/20|郑州市/450/20|沈阳市/110/40|大连市/116/30|厦门市/361/20|福州市/350/20|合肥市/230/60|济南市/250/40|昆明市/650/20|佛山市/528/20|东莞市/523/30')
  ) AS t(market, words), regexp_split_to_table(t.words, '\|') WITH ORDINALITY AS p(words, position);

CREATE TEMP TABLE demo_street (market text, streets text[]) ON COMMIT DROP;
INSERT INTO demo_street VALUES
    ('GB', string_to_array('Mill Lane|Church Road|Station Road|Victoria Street|Park Avenue|Green Lane|Manor Road|Kings Road|Queensway|Springfield Road|Grange Road|Chapel Street|North Street|West Street|Alexandra Road|York Road|The Crescent|Windsor Drive|St John''s Road|Highfield Avenue|Meadow Close|Orchard Way|Beech Grove|Oak Tree Drive|Hawthorn Road|Cardigan Road|Otley Road|Bridge Street|Moor View|Rosebery Terrace|Albert Road|Clarence Street|Woodlands Avenue|Larch Close|Cromwell Road|Wellington Terrace|Back Lane|Priory Close|Swallow Court|Quarry Hill', '|')),
    ('US', string_to_array('Main Street|Oak Street|Maple Avenue|Washington Avenue|Park Avenue|Elm Street|Lake Street|Hill Road|Walnut Street|Cedar Lane|Sunset Boulevard|Highland Avenue|Lincoln Avenue|Jackson Street|Ridge Road|Franklin Street|Chestnut Street|Willow Drive|Broad Street|Spring Street|Prospect Avenue|Madison Avenue|Mill Road|River Road|Pine Street|Jefferson Street|Center Street|Bloomfield Avenue|Magnolia Drive|Dogwood Lane|Meadowbrook Road|Forest Avenue|Clinton Street|Birch Lane|Valley View Drive|Cherry Street|Grove Street|Hickory Court|Sycamore Lane|Church Street', '|')),
    ('CN', string_to_array('人民路|中山路|解放路|建设路|和平路|新华路|文化路|长江路|黄河路|北京路|南京路|胜利路|青年路|花园路|学府路|滨江路|湖滨路|虹桥路|延安路|复兴路|淮海路|朝阳路|光明路|迎宾路|环城路|东风路|友谊路|健康路|幸福路|兴业路', '|'));

ANALYZE demo_culture, demo_town, demo_street;

-- Everybody who is to have a name: distributors in 50_distributors.sql, customers in 60_customers.sql.
CREATE TEMP TABLE demo_person (id bigint, market text, town_key bigint, since date, culture int, given text,
                               family text) ON COMMIT DROP;

-- Writes those people's rows. `town_key`: people with the same one live in the same town.
CREATE FUNCTION pg_temp.demo_people() RETURNS void LANGUAGE sql AS $$
    UPDATE demo_person p
       SET given = c.given[1 + pg_temp.roll_low(p.id, 11, cardinality(c.given))],
           family = c.family[1 + pg_temp.roll_low(p.id, 12, cardinality(c.family))]
      FROM demo_culture c
     WHERE p.given IS NULL AND c.market = p.market AND pg_temp.roll(p.id, 10, 100) BETWEEN c.first AND c.last;

    INSERT INTO person (id, given_name, family_name, name, email, phone, language, created_at) OVERRIDING SYSTEM VALUE
    SELECT p.id, p.given, CASE WHEN p.family ~ '^[A-Z]' THEN initcap(p.family) ELSE p.family END,
           CASE WHEN p.family ~ '^[A-Z]' THEN p.family || ', ' || p.given ELSE p.family || ' ' || p.given END,
           CASE WHEN p.family ~ '^[A-Z]' THEN lower(p.given || '.' || p.family) || pg_temp.roll(p.id, 13, 1000)
                ELSE 'u' || 10000 + p.id END
               || (ARRAY['@example.com', '@example.org', '@example.net'])[1 + pg_temp.roll(p.id, 14, 3)],
           CASE p.market
               WHEN 'GB' THEN CASE WHEN pg_temp.roll(p.id, 15, 5) = 0 THEN '01632 960' ELSE '07700 900' END
                   || lpad(pg_temp.roll(p.id, 16, 1000)::text, 3, '0')
               WHEN 'US' THEN '(' || t.area || ') 555-01' || lpad(pg_temp.roll(p.id, 16, 100)::text, 2, '0')
               ELSE '100 5550 ' || lpad(pg_temp.roll(p.id, 16, 10000)::text, 4, '0') END,
           CASE WHEN p.family ~ '^[A-Z]' THEN 'en' ELSE 'zh' END, p.since
      FROM demo_person p
      JOIN (SELECT market, max(position) AS towns FROM demo_town GROUP BY market) n ON n.market = p.market
      JOIN demo_town t ON t.market = p.market AND t.position = 1 + pg_temp.roll_low(p.town_key, 17, n.towns)
     ORDER BY p.id;

    INSERT INTO address (person_id, position, label, line1, line2, city, postcode, region, country)
    SELECT p.id, 1, 'HOME',
           CASE p.market WHEN 'CN' THEN s.street || h.house || '号' ELSE h.house || ' ' || s.street END,
           CASE WHEN pg_temp.roll(p.id, 20, 6) > 0 THEN ''
                WHEN p.market = 'GB' THEN 'Flat ' || h.house % 9 + 1
                WHEN p.market = 'US' THEN 'Apt ' || h.house % 24 + 1
                ELSE h.house % 18 + 1 || '栋' || (h.house % 30 + 1) * 100 + 1 || '室' END,
           t.town,
           CASE p.market
               WHEN 'GB' THEN t.code || 1 + pg_temp.roll_low(p.town_key, 21, t.districts) || ' '
                   || 1 + pg_temp.roll(p.id, 22, 9)
                   || substr('ABDEFGHJLNPQRSTUWXYZ', 1 + pg_temp.roll(p.id, 23, 20), 1)
                   || substr('ABDEFGHJLNPQRSTUWXYZ', 1 + pg_temp.roll(p.id, 24, 20), 1)
               WHEN 'US' THEN t.code || lpad((1 + pg_temp.roll(p.id, 22, t.districts))::text, 2, '0')
               ELSE t.code || lpad(pg_temp.roll(p.id, 22, t.districts)::text, 2, '0') || '0' END,
           coalesce(t.region, ''), p.market
      FROM demo_person p
      JOIN (SELECT market, max(position) AS towns FROM demo_town GROUP BY market) n ON n.market = p.market
      JOIN demo_town t ON t.market = p.market AND t.position = 1 + pg_temp.roll_low(p.town_key, 17, n.towns)
      JOIN demo_street st ON st.market = p.market
     CROSS JOIN LATERAL (SELECT st.streets[1 + pg_temp.roll(p.id, 18, cardinality(st.streets))] AS street) s
     CROSS JOIN LATERAL (SELECT 1 + pg_temp.roll_low(p.id, 19, CASE p.market WHEN 'US' THEN 1900 ELSE 160 END)
                                AS house) h
     ORDER BY p.id;
$$;

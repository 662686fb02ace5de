DELETE FROM style_sheets WHERE site = {site:String}

DELETE FROM consents WHERE site = {site:String}

-- Whether a value may be chosen more than once: double cheese. max_select bounds it.
ALTER TABLE menu_item_options ADD COLUMN allow_repeat boolean NOT NULL DEFAULT true;

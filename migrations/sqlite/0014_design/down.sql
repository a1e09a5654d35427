DROP TABLE preview_link;
DROP TABLE design_revision;
DROP TABLE design;

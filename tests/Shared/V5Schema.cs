namespace ImageBackend.Testing;

/// <summary>The tables of an old site (V5) that describe images, as its scripts create them, except for what needs PostGIS.</summary>
internal static class V5Schema
{
    public const string Tables = """
        CREATE SEQUENCE documents_id_seq;
        CREATE SEQUENCE documents_archives_seq;
        CREATE SEQUENCE images_archives_seq;
        CREATE TABLE app_documents_archives (
            document_archive_id integer NOT NULL DEFAULT nextval('documents_archives_seq') PRIMARY KEY,
            id integer NOT NULL DEFAULT nextval('documents_id_seq'),
            module character varying(20) NOT NULL,
            lon numeric(9,6), lat numeric(9,6), elevation smallint,
            is_protected boolean NOT NULL DEFAULT FALSE,
            redirects_to integer, geom_wkt text, is_latest_version boolean);
        CREATE TABLE app_images_archives (
            image_archive_id integer NOT NULL DEFAULT nextval('images_archives_seq') PRIMARY KEY,
            filename character varying(30), has_svg boolean DEFAULT FALSE,
            width smallint, height smallint, file_size integer,
            date_time timestamp without time zone, camera_name character varying(100),
            exposure_time numeric(6,4), focal_length numeric(5,1), fnumber numeric(3,1), iso_speed smallint,
            categories smallint[], activities smallint[], author character varying(100), image_type smallint,
            v4_id smallint, v4_app character varying(3)) INHERITS (app_documents_archives);
        CREATE VIEW images AS SELECT id, filename, has_svg, width, height, redirects_to FROM app_images_archives WHERE is_latest_version;
        """;

    /// <returns>A version of an image's document; the file name may be null.</returns>
    public static string Row(string? fileName, bool? hasSvg = false) =>
        $"INSERT INTO app_images_archives (module, filename, has_svg) VALUES ('images', {(fileName is null ? "NULL" : $"'{fileName}'")}, {hasSvg?.ToString() ?? "NULL"});\n";

    /// <returns>A user who may read this database's images, and nothing else.</returns>
    public static string Reader(string name, string password) => $"""
        DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') THEN CREATE ROLE {name} LOGIN PASSWORD '{password}'; END IF; END $$;
        GRANT SELECT ON app_images_archives TO {name};
        """;
}

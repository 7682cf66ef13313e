/* floor FILE CHROMA COUNT: what no engine on libjpeg-turbo can do without: decode a JPEG at the scale that is needed (the largest of 1/8, 1/4, 1/2
   that leaves 1.3 times 1500 pixels), and encode three pictures of the thumbnails' sizes, at quality 90, with the chroma of the original (1x1 full, 2x2 halved). Nothing is resized.
   Prints CPU seconds and wall seconds of one, and the peak of memory in MB. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <jpeglib.h>

static double cpu(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void encode(const unsigned char *pixels, int stride, int width, int height, int chroma) {
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr errors;
    unsigned char *out = NULL;
    unsigned long length = 0;
    c.err = jpeg_std_error(&errors);
    jpeg_create_compress(&c);
    jpeg_mem_dest(&c, &out, &length);
    c.image_width = width;
    c.image_height = height;
    c.input_components = 3;
    c.in_color_space = JCS_RGB;
    jpeg_set_defaults(&c);
    jpeg_set_quality(&c, 90, TRUE);
    c.comp_info[0].h_samp_factor = c.comp_info[0].v_samp_factor = chroma;
    jpeg_start_compress(&c, TRUE);
    while (c.next_scanline < c.image_height) {
        JSAMPROW row = (JSAMPROW)(pixels + (size_t)c.next_scanline * stride);
        jpeg_write_scanlines(&c, &row, 1);
    }
    jpeg_finish_compress(&c);
    jpeg_destroy_compress(&c);
    free(out);
}

static void run(const char *path, int chroma) {
    struct jpeg_decompress_struct d;
    struct jpeg_error_mgr errors;
    FILE *file = fopen(path, "rb");
    if (!file) { perror(path); exit(1); }
    d.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&d);
    jpeg_stdio_src(&d, file);
    jpeg_read_header(&d, TRUE);
    int longest = d.image_width > d.image_height ? d.image_width : d.image_height;
    d.scale_num = 1;
    d.scale_denom = 8;
    while (d.scale_denom > 1 && longest / d.scale_denom < 1.3 * 1500) d.scale_denom /= 2;
    jpeg_start_decompress(&d);
    int stride = d.output_width * 3, height = d.output_height, width = d.output_width;
    unsigned char *pixels = malloc((size_t)stride * height);
    while (d.output_scanline < d.output_height) {
        JSAMPROW row = pixels + (size_t)d.output_scanline * stride;
        jpeg_read_scanlines(&d, &row, 1);
    }
    jpeg_finish_decompress(&d);
    jpeg_destroy_decompress(&d);
    fclose(file);
    double scale = 1500.0 / (width > height ? width : height);
    encode(pixels, stride, (int)(width * scale + 0.5), (int)(height * scale + 0.5), chroma);
    scale = 400.0 / (width > height ? width : height);
    encode(pixels, stride, (int)(width * scale + 0.5), (int)(height * scale + 0.5), chroma);
    encode(pixels, stride, 200, 200, chroma);
    free(pixels);
}

int main(int argc, char **argv) {
    if (argc != 4) { fprintf(stderr, "usage: floor FILE 1x1|2x2 COUNT\n"); return 2; }
    int chroma = atoi(argv[2]), count = atoi(argv[3]);
    run(argv[1], chroma);
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    double before = cpu();
    for (int i = 0; i < count; i++) run(argv[1], chroma);
    double used = cpu() - before;
    clock_gettime(CLOCK_MONOTONIC, &end);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("%.4f %.4f %ld\n", used / count, ((end.tv_sec - start.tv_sec) + (end.tv_nsec - start.tv_nsec) / 1e9) / count, usage.ru_maxrss / 1024);
    return 0;
}

import { Body, Controller, Module, Post } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { IsString, ValidateBy } from 'class-validator';
import { Public } from '../../src/kernel/access/access.js';

/** The last digit of an EAN-13 barcode is the sum of the others, with weights 1 and 3. */
function isBarcode(value: unknown): boolean {
  if (typeof value !== 'string' || !/^\d{13}$/.test(value)) return false;
  const sum = [...value].reduce((total, digit, i) => total + Number(digit) * (i % 2 === 0 ? 1 : 3), 0);
  return sum % 10 === 0;
}

const IsBarcode = () =>
  ValidateBy({
    name: 'isBarcode',
    validator: { validate: isBarcode, defaultMessage: () => 'Value should be a barcode (EAN-13)' },
  });

class Scan {
  @IsString()
  @IsBarcode()
  barcode!: string;
}

@ApiExcludeController()
@Controller('scans')
class ScansController {
  @Public()
  @Post()
  scan(@Body() { barcode }: Scan) {
    return { barcode };
  }
}

@Module({ controllers: [ScansController] })
export class ScansModule {}
